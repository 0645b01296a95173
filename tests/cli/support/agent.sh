# A program that runs until it is told to end, and what it prints. To be sourced; $output collects it.

agent= # its process, while there is one

# start PROGRAM ARGUMENT...: until it reads.
start() {
	: >"$output"
	exec {printed}< <(exec "$@" 2>&1)
	agent=$!
	until_line reading
}

# Reads on to a line that is what the pattern says; a minute without it is a failure.
until_line() {
	local line end=$((SECONDS + 60))
	while ((SECONDS < end)) && read -r -t 60 line <&"$printed"; do
		echo "$line" >>"$output"
		[[ $line =~ ^$1$ ]] && return
	done
	echo "there was no line \"$1\"" >>"$output"
	return 1
}

# Reads to the end of what it prints, and waits for the program: its status.
until_end() {
	local line status
	while read -r -t 60 line <&"$printed"; do
		echo "$line" >>"$output"
	done
	exec {printed}<&-
	wait "$agent"
	status=$?
	agent=
	[[ $status == 0 ]] || echo "it ended with status $status" >>"$output"
	return $status
}

# interrupt SIGNAL: it has to end, and well.
interrupt() { kill -"$1" "$agent" && until_end; }

# What a test has left running when it failed.
abandon() {
	[[ -z $agent ]] && return
	kill -KILL "$agent"
	exec {printed}<&-
	agent=
}
