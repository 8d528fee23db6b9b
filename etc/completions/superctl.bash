# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Completion of superctl(8) for bash. Commands and options are asked from
# superctl, names and numbers from the running superd, for a second at most.

# The words of a member of all objects that a command prints.
_superctl_ask() {
	local member=$1
	shift
	"${_superctl_words[0]}" "${_superctl_socket[@]}" --timeout 1s --json \
	    "$@" 2>/dev/null |
	    sed -n 's/.*"'"$member"'":"\{0,1\}\([^",}]*\).*/\1/p'
}

# Finds the command, where it stands, and the socket that is named before it.
_superctl_parse() {
	local i word
	_superctl_command='' _superctl_at=0 _superctl_socket=()
	for ((i = 1; i < _superctl_cword; i++)); do
		word=${_superctl_words[i]}
		case $word in
		-s | --socket)
			i=$((i + 1))
			_superctl_socket=(-s "${_superctl_words[i]}")
			;;
		--timeout) i=$((i + 1)) ;;
		-*) ;;
		*)
			_superctl_command=$word
			_superctl_at=$i
			return
			;;
		esac
	done
}

# What may stand at the cursor, one a line.
_superctl_candidates() {
	local current=$1 position=$((_superctl_cword - _superctl_at))
	if [[ $current = -* ]]; then
		"${_superctl_words[0]}" -h 2>/dev/null |
		    sed -n 's/^ *\(-.\), --\([a-z]*\).*/\1\n--\2/p
			s/^ *--\([a-z]*\).*/--\1/p'
		return
	fi
	case $_superctl_command:$position in
	:*) "${_superctl_words[0]}" --commands 2>/dev/null | cut -f 1 ;;
	status:1 | list:1 | top:1 | events:1 | pause:1 | resume:1 | \
	    enable:1 | disable:1 | drain:1 | ban:3 | unban:2)
		_superctl_ask service status
		;;
	show:1) _superctl_ask id list ;;
	kill:*)
		_superctl_ask service status
		_superctl_ask id list
		;;
	ban:2) printf '%s\n' 10m 1h 1d ;;
	unban:1) _superctl_ask source bans ;;
	log-level:1) printf '%s\n' error warning notice info debug ;;
	esac
}

_superctl() {
	local current=${COMP_WORDS[COMP_CWORD]}
	local previous=${COMP_WORDS[COMP_CWORD - 1]}
	local _superctl_words=("${COMP_WORDS[@]}") _superctl_cword=$COMP_CWORD
	local _superctl_command _superctl_at _superctl_socket
	local candidates
	COMPREPLY=()
	_superctl_parse
	case $_superctl_command:$previous in
	events:-s | events:--service)
		candidates=$(_superctl_ask service status)
		;;
	events:-l | events:--level)
		candidates="error warning notice info debug"
		;;
	*:-s | *:--socket)
		mapfile -t COMPREPLY < <(compgen -f -- "$current")
		return
		;;
	*:--timeout | *:-d | *:--delay) candidates="1s 10s 1m" ;;
	*:-n | *:--count) return ;;
	*) candidates=$(_superctl_candidates "$current") ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$candidates" -- "$current")
}

complete -F _superctl superctl
