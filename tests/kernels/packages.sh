# Debian packages of other suites and architectures, downloaded and unpacked, never installed: apt
# works in folders of its own below $kernels, with this system's mirror and settings, and checks
# signatures as ever.
#
# To be sourced; $kernels is the folder to work in, $architecture the one to ask for.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
run_started=$(date +%s)

# The mirror that this system has Debian from; DEBIAN_MIRROR says otherwise.
mirror() {
	[[ -n ${DEBIAN_MIRROR:-} ]] && { echo "$DEBIAN_MIRROR"; return; }
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
		awk '$1 ~ /\/debian\/?$/ && $2 !~ /-/ { print $1; exit }'
}

# apt_of SUITE TOOL ARGUMENT...: apt-get or apt-cache of that suite only, as on a system on which
# nothing is installed.
apt_of() {
	local root=$kernels/apt/$architecture/$1 tool=$2
	shift 2
	"$tool" -qq -o Dir::State="$root/state" -o Dir::State::status="$root/state/status" \
		-o Dir::Cache="$root/cache" -o Dir::Etc::sourcelist="$root/sources.list" \
		-o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferences=/dev/null \
		-o Dir::Etc::preferencesparts=/dev/null \
		-o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
		-o APT::Sandbox::User="$(id -un)" -o Acquire::Languages=none \
		-o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false "$@"
}

# suite_update SUITE: fetches its lists, once a run, or keeps those of an earlier run. Fails where
# neither is to be had, with the reason on standard output.
suite_update() {
	local root=$kernels/apt/$architecture/$1 from log
	[[ -e $root/updated && $(stat -c %Y "$root/updated") -ge $run_started ]] && return
	from=$(mirror)
	[[ -n $from ]] || { echo "apt here has no mirror of Debian; name one in DEBIAN_MIRROR"; return 1; }
	[[ -e $keyring ]] || { echo "there is no $keyring; install debian-archive-keyring"; return 1; }
	mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial"
	touch "$root/state/status"
	echo "deb [signed-by=$keyring] $from $1 main" >"$root/sources.list"
	log=$(apt_of "$1" apt-get update 2>&1)
	if [[ -z $(apt_of "$1" apt-cache pkgnames linux-image 2>/dev/null) ]]; then
		echo "suite $1 cannot be had: $(sed -n 's/^[EW]: //p' <<<"$log" | head -n 1)"
		return 1
	fi
	touch "$root/updated"
}

# package_version SUITE PACKAGE: nothing where the suite does not have it.
package_version() {
	apt_of "$1" apt-cache show "$2" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1
}

depends_on() { apt_of "$1" apt-cache depends "$2" | sed -n 's/^ *Depends: //p'; }

# kernel_package SUITE PACKAGE: the package that a package like linux-image-amd64 stands for, with
# the kernel in it. Newer suites have one more package between.
kernel_package() {
	local image binary
	image=$(depends_on "$1" "$2" | grep -m 1 '^linux-image-[0-9]')
	binary=$(depends_on "$1" "$image" | grep -m 1 '^linux-binary-[0-9]')
	echo "${binary:-$image}"
}

# package_download SUITE PACKAGE FOLDER: leaves it as the only one there; what is there already is
# not fetched again.
package_download() {
	local version file
	version=$(package_version "$1" "$2")
	file=${2}_${version//:/%3a}_$architecture.deb
	mkdir -p "$3"
	find "$3" -name '*.deb' ! -name "$file" -delete
	[[ -e $3/$file ]] && return
	(cd "$3" && apt_of "$1" apt-get download "$2") || return
	[[ -e $3/$file ]]
}

# packages_unpack SUITE FOLDER PACKAGE...: those, and what they depend on, into an empty folder.
packages_unpack() {
	local suite=$1 folder=$2 archives deb
	shift 2
	archives=$kernels/apt/$architecture/$suite/cache/archives
	rm -rf "$folder" "$archives"
	mkdir -p "$folder.new" "$archives/partial"
	apt_of "$suite" apt-get install -y --download-only --no-install-recommends "$@" >/dev/null || return
	for deb in "$archives"/*.deb; do
		dpkg-deb -x "$deb" "$folder.new" || return
	done
	mv "$folder.new" "$folder"
}
