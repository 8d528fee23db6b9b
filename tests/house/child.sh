#!/bin/sh
# SPDX-License-Identifier: ISC
# The page between clone and execve runs in the memory of the supervisor.
# Whatever its functions reach, through functions of ours, ends at a symbol
# of others that stands in child-symbols. Read from the relocations.
. "$(dirname "$0")/lib.sh"

: "${HOUSE_NM:=nm}"
: "${HOUSE_OBJDUMP:=objdump}"
need "${HOUSE_NM%% *}"
need "${HOUSE_OBJDUMP%% *}"
page=$TOP_BUILDDIR/src/libchild.a
rooms=$TOP_BUILDDIR/src/libsuperd.a
[ -f "$page" ] || skip_all "there is no $page: build first"

case $($HOUSE_NM -u "$page" "$rooms") in
*__asan_* | *__ubsan_* | *__gcov_* | *__llvm_*)
	skip_all "sanitizers and coverage are woven into what it calls"
	;;
esac

# chains: "SYMBOL CHAIN" for each symbol of others that the page reaches.
chains() {
	{
		$HOUSE_NM "$page" "$rooms" 2>/dev/null | sed 's/^/nm /'
		echo "list page"
		$HOUSE_OBJDUMP -dr --no-show-raw-insn "$page"
		echo "list rooms"
		$HOUSE_OBJDUMP -dr --no-show-raw-insn "$rooms"
	} | awk '
	function edge(to) {
		if (at != "" && to !~ /^\./ && to != fn)
			calls[at] = calls[at] " " to
	}
	# a static function of the same file comes first
	function place(from, name,    file) {
		file = from
		sub(/:.*/, "", file)
		if ((file ":" name) in known)
			return file ":" name
		return name in owner ? owner[name] ":" name : ""
	}
	function visit(where, chain, name) {
		if (where == "") {
			if (!(name in ours) && !(name in told)) {
				told[name] = 1
				print name, chain
			}
			return
		}
		if (where in seen)
			return
		seen[where] = 1
		todo[++last] = where
		path[last] = chain
	}
	$1 == "nm" {
		if (NF == 4 && $3 ~ /^[A-TV-Za-tv-z]$/ && $3 !~ /[Ttw]/)
			ours[$4] = 1
		next
	}
	$1 == "list" { part = $2; next }
	/file format/ { file = part "/" $1; sub(/:$/, "", file); next }
	/^[0-9a-f]+ <.*>:$/ {
		fn = $2
		gsub(/[<>:]/, "", fn)
		at = file ":" fn
		known[at] = 1
		owner[fn] = file
		if (part == "page")
			roots[++nroots] = at
		held = ""
		next
	}
	/R_[A-Z0-9_]+[ \t]/ {
		held = "" # the bytes before it are not the target
		sub(/[-+]0x[0-9a-f]+$/, "", $NF)
		edge($NF)
		next
	}
	{
		if (held != "")
			edge(held)
		held = ""
		if (match($0, /<[^>+]+/))
			held = substr($0, RSTART + 1, RLENGTH - 1)
	}
	END {
		for (i = 1; i <= nroots; i++)
			visit(roots[i], roots[i], "")
		for (i = 1; i <= last; i++) {
			at = todo[i]
			if ((at ".cold") in known)
				visit(at ".cold", path[i], "")
			n = split(calls[at], to, " ")
			for (j = 1; j <= n; j++)
				visit(place(at, to[j]), path[i] ">" to[j], \
				    to[j])
		}
	}'
}

allowed=$(sed 's/#.*//' "$TOP_SRCDIR/tests/house/child-symbols")
reached=$(chains | sort)
verdict "the child page has a function" \
    "$($HOUSE_NM "$page" | grep -q ' T ' || echo "$page is empty")"
verdict "the child page reaches nothing but what is listed" "$(
	printf '%s\n' "$reached" | while read -r symbol chain; do
		[ -n "$symbol" ] || continue
		printf '%s\n' "$allowed" | grep -qw -e "$symbol" ||
		    echo "$symbol by $chain"
	done)"
finish
