/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * C++17, with a range-for: prints the path of each program that is run, until Ctrl-C.
 *
 *	sudo ./cpp
 */
#include <csignal>
#include <iostream>
#include <memory>

#include "cpp.skel.h"
#include "records.hpp"

static ringview *reader;

int main()
try {
	const std::unique_ptr<cpp_bpf, void (*)(cpp_bpf *)> bpf(
		cpp_bpf::open_and_load(), cpp_bpf::destroy);

	if (!bpf || cpp_bpf::attach(bpf.get()) ||
		ringview_open(&reader, bpf_map__fd(bpf->maps.ring), nullptr)) {
		std::cerr << "cpp: cannot start: run it as root, with tracefs mounted\n";
		return 1;
	}
	std::signal(SIGINT, [](int) { ringview_interrupt(reader); });
	std::cout << "reading" << std::endl;
	for (const ringview_record &record : records{ reader })
		std::cout << static_cast<const char *>(record.data) << std::endl;
	return 0;
} catch (const std::exception &error) {
	std::cerr << "cpp: cannot read on: " << error.what() << '\n';
	return 1;
}
