# Counts the results of test programs. Source it.

passed=0 failed=0 skipped=0 failures=

# count NAME STATUS FILE: adds up the results in a program's output, which is TAP, and prints failed and skipped tests.
# A program also fails if its status or its number of tests contradicts that output; 77 means that it skipped all.
count() {
	local ok bad skip planned
	skip=$(grep -c '^\(not \)\?ok .*# SKIP' "$3")
	ok=$(grep '^ok ' "$3" | grep -vc '# SKIP')
	bad=$(grep '^not ok ' "$3" | grep -vc '# SKIP')
	planned=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$3" | awk '{ n += $1 } END { print n + 0 }')
	if [[ $2 != 0 && $bad == 0 && ! ($2 == 77 && $ok == 0 && $skip != 0) || $planned != $((ok + bad + skip)) || $planned == 0 ]]; then
		bad=$((bad + 1))
		echo "FAILED  $1: ended with status $2 after $((ok + bad + skip - 1)) of $planned tests"
		failures+="FAILED  $1: ended with status $2"$'\n'$(tail -n 20 "$3")$'\n'
	fi
	if [[ $bad != 0 ]]; then
		failures+=$(awk -v name="$1" '/^(not )?ok/ { show = /^not/ && !/# SKIP/; if (show) print "FAILED  " name ": " $0; next }
			show { print }' "$3" | head -n 40)$'\n'
		sed 's/^/    /' "$3"
	else
		awk '/# SKIP|^# skip/ { print why "    " $0 } { why = /^# / ? "    " $0 "\n" : "" }' "$3"
	fi
	printf '%-60s %3d passed, %d failed, %d skipped\n' "$1" "$ok" "$bad" "$skip"
	passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + skip))
}

# Prints what failed, and the total. Fails if a test failed, or none passed.
count_end() {
	grep . <<<"$failures"
	echo "$passed passed, $failed failed, $skipped skipped"
	[[ $failed == 0 && $passed != 0 ]]
}
