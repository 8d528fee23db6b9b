/* SPDX-License-Identifier: ISC */
/* Words: split as a shell does, and written so that they split back. */
#include "base/arena.h"
#include "conf/words.h"
#include "conf/writer.h"
#include "tap.h"

static struct arena *arena;

/* Words with | between them, or the mistake. */
static const char *
split(const char *text, bool list)
{
	static char joined[2048];
	struct conf_words words;
	struct err e;
	int error = list ? conf_words_split_list(arena, text, &words, &e)
			 : conf_words_split(arena, text, &words, &e);

	if (error < 0)
		return memcpy(joined, e.text, sizeof(e.text));
	joined[0] = '\0';
	for (size_t i = 0; i < words.count; i++) {
		strcat(joined, i == 0 ? "" : "|");
		strcat(joined, words.word[i]);
	}
	if (words.word[words.count] != NULL)
		return "no NULL at the end";
	return joined;
}

static void
test_split(void)
{
	is_str(split("a b\t c ", false), "a|b|c", "blanks");
	is_str(split("", false), "", "nothing");
	is_str(split("'a b'c \"d e\"", false), "a bc|d e", "quotes");
	is_str(split("''", false), "", "an empty word");
	is_str(split("a '' b", false), "a||b", "an empty word between");
	is_str(split("a\\ b \\'", false), "a b|'", "backslashes");
	is_str(split("\"a\\\"b\\\\c\\n\"", false), "a\"b\\c\\n",
	    "backslashes in double quotes");
	is_str(split("'a\\'", false), "a\\", "none in single quotes");
	is_str(split("$'a\\tb\\x41\\'\\\\'", false), "a\tbA'\\",
	    "escapes of C in $'...'");
	is_str(split("$HOME `x` $(y) *", false), "$HOME|`x`|$(y)|*",
	    "nothing is expanded");
	is_str(split("a,b , c", true), "a|b|c", "commas in lists");
	is_str(split("'a,b'", true), "a,b", "quoted commas");
	is_str(split("a,b", false), "a,b", "no lists elsewhere");
}

static void
test_mistakes(void)
{
	static const char open_quote[] =
	    "the quote ' is not closed (mind that a ';' behind a blank starts "
	    "a comment, in quotes too)";

	is_str(split("a 'b", false), open_quote, "an open quote");
	is_str(split("$'b\\'", false), open_quote, "an open $'");
	ok(strncmp(split("\"b\\\"", false), "the quote \" is not closed", 25) ==
		0,
	    "an open double quote");
	ok(strncmp(split("a\\", false), "nothing stands behind the last", 30) ==
		0,
	    "a backslash at the end");
	ok(strncmp(split("$'\\q'", false), "unknown escape", 14) == 0,
	    "an unknown escape");
	ok(strncmp(split("$'\\x00'", false), "\\x in $'...' needs", 18) == 0,
	    "no NUL can be said");
}

static void
test_unquote(void)
{
	const char *text;
	struct err e;

	ok(conf_words_unquote(arena, "it's  a text", &text, &e) == 0,
	    "a text without quotes");
	is_str(text, "it's  a text", "stands as it is");
	ok(conf_words_unquote(arena, "' quoted '", &text, &e) == 0,
	    "a quoted text");
	is_str(text, " quoted ", "keeps its blanks");
	ok(conf_words_unquote(arena, "'a' b", &text, &e) < 0,
	    "a text that is half quoted is a mistake");
}

static void
random_word(char *word, size_t most)
{
	static const char nasty[] = " ;#='\"\\$[]:,\t\n\r";
	size_t length = (size_t)tap_random_below(most);

	for (size_t i = 0; i < length; i++) {
		switch (tap_random_below(4)) {
		case 0:
			word[i] = nasty[tap_random_below(sizeof(nasty) - 1)];
			break;
		case 1:
			word[i] = (char)(1 + tap_random_below(255));
			break;
		default:
			word[i] = (char)('a' + (char)tap_random_below(26));
		}
	}
	word[length] = '\0';
}

/* As the reader joins lines, without the reader. */
static void
join_lines(char *text)
{
	char *out = text;

	for (char *in = text; *in != '\0'; in++) {
		if (*in != '\n') {
			*out++ = *in;
			continue;
		}
		if (out > text && out[-1] == '\\')
			out--;
		else if (in[1] != '\0')
			*out++ = ' ';
		while (in[1] == '\t')
			in++;
	}
	*out = '\0';
}

/* No line may be more than libinih takes. */
static size_t
longest_line(const char *text)
{
	size_t longest = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		if (length > longest)
			longest = length;
		text += length + (text[length] == '\n');
	}
	return longest;
}

static bool
round_trip(char words[][500], size_t count)
{
	struct conf_words read;
	struct err e;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	struct conf_writer w = { .file = file };
	bool same;

	conf_writer_key(&w, "k", "");
	for (size_t i = 0; i < count; i++)
		conf_writer_word(&w, words[i]);
	conf_writer_end(&w);
	(void)fclose(file);
	same = longest_line(text) <= 120;
	join_lines(text);
	same = same &&
	    conf_words_split(arena, text + strlen("k ="), &read, &e) == 0 &&
	    read.count == count && strstr(text, " ;") == NULL;
	for (size_t i = 0; same && i < count; i++)
		same = strcmp(read.word[i], words[i]) == 0;
	if (!same)
		tap_note("%s", text);
	free(text);
	return same;
}

static void
test_round_trip(void)
{
	static char words[8][500];
	bool same = true;

	tap_seed(7);
	for (int run = 0; run < 3000 && same; run++) {
		size_t count = 1 + (size_t)tap_random_below(8);

		for (size_t i = 0; i < count; i++)
			random_word(words[i], run % 10 == 0 ? 400 : 12);
		same = round_trip(words, count);
	}
	ok(same, "words written are words read, whatever is in them");
}

int
main(void)
{
	arena = arena_new();
	test_split();
	test_mistakes();
	test_unquote();
	test_round_trip();
	arena_free(arena);
	return done_testing();
}
