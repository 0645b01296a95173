# Downloads and unpacks Debian packages of other suites and architectures, without installing them: apt works in its
# own folders below $kernels, with this system's mirror and settings, and checks signatures.
#
# Source it; $kernels is the folder to work in, $architecture the architecture of the packages.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
run_started=$(date +%s)

# Prints the URL of this system's Debian mirror, or DEBIAN_MIRROR.
mirror() {
	[[ -n ${DEBIAN_MIRROR:-} ]] && { echo "$DEBIAN_MIRROR"; return; }
	apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' 2>/dev/null |
		awk '$1 ~ /\/debian\/?$/ && $2 !~ /-/ { print $1; exit }'
}

# apt_of SUITE TOOL ARGUMENT...: runs apt-get or apt-cache for that suite only, as on a system without packages.
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

# suite_update SUITE: downloads its package lists, once a run, or keeps those of an earlier run. If there are
# neither, fails and prints the reason.
suite_update() {
	local root=$kernels/apt/$architecture/$1 from log
	[[ -e $root/updated && $(stat -c %Y "$root/updated") -ge $run_started ]] && return
	from=$(mirror)
	[[ -n $from ]] || { echo "this system's apt has no Debian mirror; set DEBIAN_MIRROR to its URL"; return 1; }
	[[ -e $keyring ]] || { echo "no $keyring; install debian-archive-keyring"; return 1; }
	mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial"
	touch "$root/state/status"
	echo "deb [signed-by=$keyring] $from $1 main" >"$root/sources.list"
	log=$(apt_of "$1" apt-get update 2>&1)
	if [[ -z $(apt_of "$1" apt-cache pkgnames linux-image 2>/dev/null) ]]; then
		echo "suite $1 is not available: $(sed -n 's/^[EW]: //p' <<<"$log" | head -n 1)"
		return 1
	fi
	touch "$root/updated"
}

# package_version SUITE PACKAGE: prints nothing if the suite does not have it.
package_version() {
	apt_of "$1" apt-cache show "$2" 2>/dev/null | sed -n 's/^Version: //p' | head -n 1
}

depends_on() { apt_of "$1" apt-cache depends "$2" | sed -n 's/^ *Depends: //p'; }

# kernel_package SUITE PACKAGE: prints which package has the kernel of a metapackage such as linux-image-amd64. Newer
# suites have one more package between.
kernel_package() {
	local image binary
	image=$(depends_on "$1" "$2" | grep -m 1 '^linux-image-[0-9]')
	binary=$(depends_on "$1" "$image" | grep -m 1 '^linux-binary-[0-9]')
	echo "${binary:-$image}"
}

# package_download SUITE PACKAGE FOLDER: downloads it unless it is there; removes other packages from FOLDER.
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

# packages_unpack SUITE FOLDER PACKAGE...: unpacks them and their dependencies into an empty folder.
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
