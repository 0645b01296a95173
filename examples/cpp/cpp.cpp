/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sudo ./cpp: C++17, with a range-for: prints the path of each program that starts, until Ctrl-C.
 */
#include <cerrno>
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
	int error = bpf ? cpp_bpf::attach(bpf.get()) : -errno;

	if (error == 0)
		error = ringview_open(&reader, bpf_map__fd(bpf->maps.ring), nullptr);
	if (error < 0)
		throw std::system_error(-error, std::generic_category(),
			"cannot start: run it as root, on Linux 5.8 or later with BTF");
	for (const int number : { SIGINT, SIGTERM })
		std::signal(number, [](int) { ringview_interrupt(reader); });
	std::cout << "reading" << std::endl;
	for (const ringview_record &record : records{ reader })
		std::cout << static_cast<const char *>(record.data) << std::endl;
	return 0;
} catch (const std::exception &error) {
	std::cerr << "cpp: " << error.what() << '\n';
	return 1;
}
