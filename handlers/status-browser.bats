#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The status page as Chromium shows it.

load web.bash

TOKEN=0123456789abcdef-a-token

teardown() {
	web_end
}

# page_start [MODE...]: a page with a token, at $URL.
page_start() {
	PYTHONPATH=$TOP_SRCDIR/handlers PYTHONDONTWRITEBYTECODE=1 python3 -c '
import browser, sys
sys.exit(browser.find() is None)' || skip "Chromium is not installed"
	control_start "$@"
	(umask 077 && printf '%s\n' "$TOKEN" >"$SCRIPTS/token")
	[ "$(id -u)" != 0 ] || chown nobody "$SCRIPTS/token"
	web_start status-page --admin "$SCRIPTS/token"
}

# browse: runs the Python program on stdin with the page open in `page`, which
# must not have complained at the end.
browse() {
	{
		cat <<-'END'
		import os, sys, time
		from browser import *
		def shown(*rows):
		    """What the cells of services say after these rows of status, told
		    before superd can say more."""
		    return page.value("""(() => {
		        takeStatus({ admin: true, status: %s });
		        const rows = document.querySelectorAll("#services-table tbody tr");
		        return [...rows].map((row) =>
		            [...row.cells].map((cell) => cell.textContent));
		    })()""" % json.dumps(rows))
		page = Browser(os.environ["BATS_TEST_TMPDIR"] + "/profile")
		ROWS = "document.querySelectorAll('#%s tbody tr').length"
		SERVICES, CONNECTIONS = ROWS % "services-table", ROWS % "connections-table"
		try:
		    page.screen(1280, 900, "light")
		    page.open(os.environ["URL"])
		    page.wait(CONNECTIONS + " > 0")
		END
		sed 's/^/    /'
		cat <<-'END'
		    assert not page.complaints, page.complaints
		finally:
		    page.close()
		END
	} >"$BATS_TEST_TMPDIR/browse.py"
	URL=$URL PYTHONPATH=$TOP_SRCDIR/handlers PYTHONDONTWRITEBYTECODE=1 \
	    timeout 200 python3 "$BATS_TEST_TMPDIR/browse.py" 3>&-
}

@test "the page shows superd, its services and its connections" {
	page_start
	browse <<-'END'
	assert page.value(SERVICES) == 5
	assert page.value(CONNECTIONS) == 24
	text = page.value("document.body.innerText")
	for words in ("running", "waiting", "256 of 256", "rate 40",
	        "exec: cannot execute '/usr/bin/git'", "192.0.2.24:40024",
	        "ending: runtime", "1 d 2 h", "configuration 4"):
	    assert words in text, words
	page.wait("document.title.startsWith('superd: 332')")
	box = "document.querySelector('#services .box')"
	assert page.value(f"{box}.scrollWidth <= {box}.clientWidth")
	pills = "[...document.querySelectorAll('tbody .pill')]"
	assert page.value(f"Math.max(...{pills}.map((p) => p.clientHeight))") < 30
	page.value("filter.value = 'ssh'; filter.dispatchEvent(new Event('input'))")
	assert page.value(SERVICES) == 1
	assert page.value(CONNECTIONS) == 6
	END
}

@test "the page has no buttons where nothing can be done" {
	page_start
	browse <<-'END'
	row = {"type": "service", "service": "old", "state": "running"}
	assert shown(row)[0][8] == "PauseDisable", shown(row)
	row["state"] = "retired"
	assert shown(row)[0][8] == "", shown(row)
	row["state"] = "running"
	assert shown(row)[0][8] == "PauseDisable", shown(row)
	row["state"] = "off"
	assert shown(row)[0][8] == "", shown(row)
	END
}

@test "the page shows a service that the file has switched off" {
	page_start
	browse <<-'END'
	off = {"type": "service", "service": "old", "state": "off"}
	on = {"type": "service", "service": "old", "state": "running",
	    "listen": ["[::]:7"], "live": 1, "max": 4, "accepted": 9,
	    "refused": {"rate": 2}, "rate": 0.5, "failures": 0}
	dash = "\u2013"
	empty = ["old", "off"] + [dash] * 6 + [""]
	assert shown(off) == [empty], shown(off)
	full = ["old", "running", "[::]:7", "1 of 4", "0.5 /s", "9", "2rate 2",
	    "none", "PauseDisable"]
	assert shown(on) == [full], shown(on)
	assert shown(off) == [empty], shown(off)
	full[0] += "words"
	assert shown(on | {"description": "words"}) == [full]
	assert shown(on | {"listen": [], "description": "words"})[0][2] == dash
	assert page.value(AUDIT) == []
	END
}

@test "the page keeps to one row for each service" {
	page_start
	browse <<-'END'
	row = {"type": "service", "service": "old", "state": "running"}
	twin = row | {"state": "off"}
	other = row | {"service": "new"}
	for _ in range(3):
	    names = [cells[:2] for cells in shown(row, twin, other, twin)]
	    assert names == [["old", "running"], ["new", "running"]], names
	rows = page.value("""(() => {
	    const one = { id: 900, service: "old" };
	    for (let i = 0; i < 3; i++)
	        takeConnections({ total: 2, connections: [one, one] });
	    return %s;
	})()""" % CONNECTIONS)
	assert rows == 1, rows
	END
}

@test "the page's charts move" {
	page_start
	browse <<-'END'
	path = "document.querySelector('#%s-chart .line').getAttribute('d')"
	for chart in "rate", "live":
	    page.wait(f"document.querySelector('#{chart}-chart .line')")
	    before = page.value(path % chart)
	    page.wait(f"{path % chart} !== {json.dumps(before)}")
	    page.wait(f"{path % chart}.split('L').length > 3")
	label = "document.getElementById('live-chart').getAttribute('aria-label')"
	assert "now 332" in page.value(label), page.value(label)
	END
}

@test "what superd tells stays text in the page" {
	page_start hostile
	browse <<-'END'
	text = page.value("document.querySelector('#services-table').textContent")
	assert text.count("<script>document.title='taken'</script>") == 6, text
	text = page.value("document.querySelector('#connections-table').textContent")
	assert text.count("<img src=x onerror=alert(1)>") == 1
	assert page.value("document.querySelectorAll('body script').length") == 1
	assert page.value("document.querySelectorAll('body img').length") == 0
	assert page.value("document.title").startswith("superd: ")
	END
}

@test "the page can be read, by day and by night, on a phone and aloud" {
	page_start hostile
	browse <<-'END'
	for width, height in (1280, 900), (768, 1024), (360, 740):
	    for scheme in "light", "dark":
	        page.screen(width, height, scheme)
	        time.sleep(0.1)
	        wrong = page.value(AUDIT)
	        assert not wrong, (width, scheme, wrong)
	        page.value("lost('a try'); filter.value = '-'; showTables()")
	        wrong = page.value(AUDIT)
	        assert not wrong, (width, scheme, wrong)
	        page.value("recovered(); filter.value = ''; showTables()")
	page.screen(360, 740, "dark", motion="reduce")
	assert page.value("getComputedStyle(document.querySelector('.bar i'))"
	    ".transitionProperty") == "none"
	ground = "getComputedStyle(document.body).backgroundColor"
	night = page.value(ground)
	page.screen(360, 740, "light")
	assert page.value(ground) != night
	END
}

@test "the audit of the page finds what is wrong" {
	page_start
	browse <<-'END'
	def breaks(script, words):
	    assert page.value(AUDIT) == []
	    page.value("window.kept = document.documentElement.outerHTML;" + script)
	    wrong = page.value(AUDIT)
	    assert any(words in each for each in wrong), (script, wrong)
	page.value("disconnect()")
	breaks("facts.style.color = '#aaa'", "contrast")
	page.value("facts.style.color = ''")
	breaks("document.documentElement.lang = ''", "no language")
	page.value("document.documentElement.lang = 'en'")
	breaks("filter.parentNode.replaceWith(filter)", "nameless")
	page.value("filter.setAttribute('aria-label', 'Filter')")
	breaks("document.querySelector('th').removeAttribute('scope')", "header")
	page.value("document.querySelector('th').scope = 'col'")
	breaks("foot.style.width = '3000px'", "wider")
	page.value("foot.style.width = ''")
	breaks("reload.style.cssText = 'min-height:0;height:10px;padding:0'", "small")
	END
}

@test "the page says when superd is lost, and when it is back" {
	page_start
	URL=$URL FAKE=$CONTROL_JOB SOCKET=$CONTROL browse <<-'END'
	import signal, subprocess
	page.wait("page.samples.length > 1")
	os.kill(int(os.environ["FAKE"]), signal.SIGTERM)
	page.wait("!document.getElementById('notice').hidden && "
	    "document.getElementById('state').innerText === 'lost'")
	words = page.value("document.getElementById('notice').innerText")
	assert "Connection refused: is superd running?" in words, words
	assert "from before" in words, words
	os.remove(os.environ["SOCKET"])
	fake = subprocess.Popen([sys.executable, os.environ["TOP_SRCDIR"] +
	    "/handlers/fake_control.py", os.environ["SOCKET"]],
	    stdout=subprocess.DEVNULL)
	try:
	    page.wait("document.getElementById('state').innerText === 'running'")
	    words = page.value("document.getElementById('notice').innerText")
	    assert words.startswith("Figures are back"), words
	finally:
	    fake.terminate()
	    fake.wait()
	END
}

@test "the page does what it is told with the token, and asks for it once" {
	page_start
	browse <<-'END'
	def click(label):
	    page.wait(f"document.querySelector('[aria-label=\"{label}\"]')")
	    page.value(f"document.querySelector('[aria-label=\"{label}\"]').click()")
	answers = page.value("""(() => {
	    const one = askPerson("One", "", false, "Yes");
	    document.getElementById("ask").close();
	    const two = askPerson("Two", "", false, "Yes");
	    document.getElementById("ask-yes").click();
	    return Promise.all([one, two]);
	})()""")
	assert answers == [None, True], answers
	click("Pause echo")
	page.wait("document.getElementById('ask').open && document.activeElement.id === 'token'")
	assert page.value(AUDIT) == []
	page.type("0123456789abcdef-a-token")
	page.press("Enter", 13)
	page.wait("document.getElementById('notice').innerText === 'Pause echo: done.'")
	page.wait("document.querySelector('[aria-label=\"Resume echo\"]')")
	click("End connection 24")
	page.wait("document.getElementById('ask').open && document.activeElement.id === 'ask-no'")
	page.press("Escape", 27)
	page.wait("!document.getElementById('ask').open")
	click("End connection 24")
	page.wait("document.getElementById('ask').open")
	page.value("document.getElementById('ask-yes').click()")
	page.wait(CONNECTIONS + " === 23")
	page.value("document.getElementById('reload').click()")
	page.wait("document.getElementById('ask').open")
	page.value("document.getElementById('ask-yes').click()")
	page.wait("document.getElementById('notice').innerText.includes("
	    "'/etc/superd.ini:14: unknown key')")
	page.complaints.clear() # a browser logs each status above 399
	END
	control_asked 'asked pause echo'
	control_asked 'asked kill id:24'
	[ "$(grep -c 'asked kill' "$CONTROL_OUT")" = 1 ]
}
