#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Powers that superd's parent left it, which execve does not take away:
# handlers have neither its capabilities nor its keys.
load helpers

bats_require_minimum_version 1.5.0

teardown() {
	superd_end
}

# no_capabilities SERVICE
no_capabilities() {
	run ask "$(superd_port "$1")" ""
	for set in CapInh CapAmb; do
		grep -q "^$set:.0000000000000000$" <<<"$output"
	done
}

@test "inheritable capabilities go no further than superd" {
	need_root "to have capabilities"
	need setpriv
	superd_wrap "$(program setpriv)" --inh-caps "+net_raw,+sys_admin"
	refute grep -q '^CapInh:.0*$' <("${SUPERD_WRAP[@]}" \
	    cat /proc/self/status) || skip "no inheritable capabilities here"
	superd_service nobody "/bin/cat /proc/self/status"
	superd_service root "/bin/cat /proc/self/status" "user = root"
	superd_start
	no_capabilities nobody
	no_capabilities root
	superd_stop
}

@test "ambient capabilities of a superd without root go no further" {
	need_root "to give capabilities away"
	need setpriv
	make_scripts
	cp "$SUPERD" "$SCRIPTS/superd"
	superd_wrap "$(program setpriv)" --reuid=nobody --clear-groups \
	    --inh-caps "+net_raw" --ambient-caps "+net_raw"
	refute grep -q '^CapAmb:.0*$' <("${SUPERD_WRAP[@]}" \
	    cat /proc/self/status) || skip "no ambient capabilities here"
	# shellcheck disable=SC2034 # superd_start reads it
	CONF=$SCRIPTS/superd.ini
	AS_USER="" superd_service plain "/bin/cat /proc/self/status"
	SUPERD=$SCRIPTS/superd superd_start
	no_capabilities plain
	run ask "$(superd_port plain)" ""
	for set in CapPrm CapEff; do
		grep -q "^$set:.0000000000000000$" <<<"$output"
	done
	superd_stop
}

# keys.py give WORD...: runs the words in a session with a key of its own.
# keys.py look: says what it finds of that key.
make_keys() {
	script keys.py <<-EOT
		#!$(program python3)
		import ctypes, os, sys
		# add_key(2) and keyctl(2)
		numbers = {"x86_64": (248, 250), "aarch64": (217, 219),
		           "riscv64": (217, 219), "i686": (286, 288)}
		ADD, KEYCTL = numbers[os.uname().machine]
		JOIN, SEARCH, READ, SESSION = 1, 10, 11, -3
		call = ctypes.CDLL(None, use_errno=True).syscall
		call.restype = ctypes.c_long

		if sys.argv[1] == "give":
		    assert call(KEYCTL, JOIN, None) > 0
		    assert call(ADD, b"user", b"superd-test", b"secret",
		                ctypes.c_size_t(6), SESSION) > 0
		    os.execv(sys.argv[2], sys.argv[2:])
		key = call(KEYCTL, SEARCH, SESSION, b"user", b"superd-test", 0)
		if key <= 0:
		    print("no key")
		    sys.exit()
		text = ctypes.create_string_buffer(64)
		if call(KEYCTL, READ, key, text, ctypes.c_size_t(64)) > 0:
		    print("a key:", text.value.decode())
		else:
		    print("a key, unreadable")
	EOT
}

@test "keys of superd's session are not the handlers'" {
	need python3
	make_keys
	KEYS=$SCRIPTS/keys.py
	[ "$("$KEYS" give "$KEYS" look)" = "a key: secret" ] ||
	    skip "no keys here"
	superd_wrap "$KEYS" give "$(program env)"
	superd_service keys "$KEYS look"
	[ "$(id -u)" != 0 ] || superd_service root "$KEYS look" "user = root"
	superd_start
	[ "$(ask "$(superd_port keys)" "")" = "no key" ]
	[ "$(id -u)" != 0 ] || [ "$(ask "$(superd_port root)" "")" = "no key" ]
	superd_stop
}

@test "what one handler keeps in its session another does not find" {
	need python3
	make_keys
	KEYS=$SCRIPTS/keys.py
	[ "$("$KEYS" give "$KEYS" look)" = "a key: secret" ] ||
	    skip "no keys here"
	superd_service give "$KEYS give $KEYS look"
	superd_service look "$KEYS look"
	superd_start
	[ "$(ask "$(superd_port give)" "")" = "a key: secret" ]
	[ "$(ask "$(superd_port look)" "")" = "no key" ]
	superd_stop
}
