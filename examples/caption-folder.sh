#!/bin/sh
# Caption every clip in and below a folder, and end with a summary: for cron, or for a longer script.
#
#   caption-folder.sh FOLDER [OPTION...]        the options are those of `clipforge caption`
#
# What was captioned before costs nothing, so run it as often as you like. File names may hold anything: none is ever
# split or expanded here, and the summary shows them as JSON does, with every odd character escaped.
# The exit code is that of clipforge: 0 all done, 1 some clips failed, 2 wrong usage, 3 a bug, 4 something is missing,
# 130 interrupted. CLIPFORGE names another clipforge than the one on PATH.
set -u

if [ "$#" -lt 1 ]; then
    echo "usage: ${0##*/} FOLDER [OPTION...]" >&2
    exit 2
fi
folder=$1
shift

events=$(mktemp) || exit 4
trap 'rm -f "$events"' EXIT
trap : INT # clipforge hears it too; the summary still comes

"${CLIPFORGE:-clipforge}" caption --json "$@" -- "$folder" >"$events"
code=$?
if [ "$code" -eq 126 ] || [ "$code" -eq 127 ]; then # the shell's own way to say that there is no such program
    exit 4
fi

# How many clips ended in the way that $1 names: counted, because an interrupted run has no closing event.
count() {
    grep -c "^{\"event\": \"clip_finished\".*\"status\": \"$1\"" "$events"
}

summary="$(count captioned) captioned, $(count 'up to date') up to date, $(count 'no speech') without speech,"
summary="$summary $(count 'no audio') without audio, $(count kept) kept, $(count failed) failed"
printf '%s\n' "$summary"

# One line for each clip that failed: its name, why, and what to type.
text='"(([^"\\]|\\.)*)"'
sed -nE "s/^\{\"event\": \"clip_finished\", \"clip\": $text, \"status\": \"failed\".*, \"message\": $text, \
\"remedy\": $text\}\$/  \1: \3  \5/p" "$events" | sed 's/ *$//'

case $code in
0) ;;
1) echo "The clips that failed are named above; the others are done." ;;
130) echo "Interrupted. Run it again to go on where it stopped." ;;
*) echo "clipforge ended with exit code $code; what it said is above." ;;
esac
exit "$code"
