# The file system of a guest: the test programs, what shared libraries they need, a busybox. To be
# sourced.

needed_by() { readelf -d "$@" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | sort -u; }

interpreter_of() { readelf -l "$1" | sed -n 's/.*interpreter: \(.*\)\]/\1/p'; }

# copy_libraries ROOT TRIPLET GUEST: those that the programs in GUEST need, from below ROOT.
copy_libraries() {
	local root=$1 triplet=$2 guest=$3 loader name file before=-1 after=0
	local programs=("$guest"/ringview/{bench,examples}/* "$guest"/ringview/tests/{unit,kernel}/*)
	loader=$(interpreter_of "${programs[0]}")
	mkdir -p "$guest/lib/$triplet" "$guest${loader%/*}"
	cp -L "$root$loader" "$guest$loader" || return
	# Libraries need others: until no more come.
	while [[ $after != "$before" ]]; do
		before=$after
		for name in $(needed_by "${programs[@]}" $(find "$guest/lib/$triplet" -type f)); do
			[[ -e $guest/lib/$triplet/$name || $name == "${loader##*/}" ]] && continue
			file=$root/lib/$triplet/$name
			[[ -e $file ]] || file=$root/usr/lib/$triplet/$name
			cp -L "$file" "$guest/lib/$triplet/$name" || return
		done
		after=$(find "$guest/lib/$triplet" -type f | wc -l)
	done
}

# make_initramfs BUILD ROOT TRIPLET BUSYBOX FILE
make_initramfs() {
	local build=$1 root=$2 triplet=$3 busybox=$4 file=$5 guest=$5.files kind
	rm -rf "$guest"
	mkdir -p "$guest"/bin "$guest"/ringview/{bench,examples,tests/kernels}
	cp "$busybox" "$guest/bin/busybox"
	cp tests/kernels/init "$guest/init"
	cp tests/kernels/test_* "$guest/ringview/tests/kernels/"
	cp "$build/examples/flightrecorder" "$guest/ringview/examples/"
	cp "$build/bench/bpf_ringbuf_zc_benchmark" "$guest/ringview/bench/"
	for kind in unit kernel; do
		mkdir "$guest/ringview/tests/$kind"
		find "$build/tests/$kind" -maxdepth 1 -type f -executable -name 'test_*' \
			-exec cp -t "$guest/ringview/tests/$kind" {} +
	done
	copy_libraries "$root" "$triplet" "$guest" || return
	"$triplet-strip" --strip-debug "$guest"/ringview/{bench,examples}/* "$guest"/ringview/tests/{unit,kernel}/*
	(cd "$guest" && find . | cpio --quiet -o -H newc -R 0:0) >"$file"
	rm -rf "$guest"
}
