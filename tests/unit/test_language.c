#include "patterns/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* ---- tags ---- */

static void test_tags(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		const char *tag;
		const char *same; /* the tag of the same language; NULL: of none */
	} rows[] = {
		{"a region does not count", "pt-BR", "pt"},
		{"nor does a script", "sr-Latn-RS", "sr"},
		{"underscores, as locales have them", "en_US", "en"},
		{"capitals", "DE", "de"},
		{"three letters", "gsw", "gsw"},
		{"not told", NULL, NULL},
		{"empty", "", NULL},
		{"one letter is no language", "x-klingon", NULL},
		{"undetermined", "und", NULL},
		{"several", "mul", NULL},
		{"no words in it", "zxx-Zxxx", NULL},
		{"nonsense", "42", NULL},
		{"too long", "englishenglish", NULL},
		{"not ASCII", "dé", NULL},
	};
	for (size_t i = 0; i < COUNT(rows); i++) {
		uint64_t want = rows[i].same ? language_of_tag(rows[i].same) : 0;
		if (language_of_tag(rows[i].tag) != want || (rows[i].same && want == 0))
			fail_msg("%s", rows[i].why);
	}
	assert_true(language_of_tag("de") != language_of_tag("en"));
}

/* ---- guesses ---- */

static void check_guess(const char *why, const char *text, const char *want)
{
	struct guess guess;
	language_guess(text, strlen(text), &guess);
	char got[LANGUAGE_GUESSES * 3 + 1] = "";
	for (size_t i = 0; i < guess.count; i++) {
		char name[4] = {(char)(guess.items[i] >> 8), (char)guess.items[i], ' ', '\0'};
		strcat(got, name);
	}
	if (strcmp(got, want) != 0)
		fail_msg("%s: \"%s\" gave \"%s\", not \"%s\"", why, text, got, want);
}

static void test_guesses(void **state)
{
	(void)state;
	static const struct {
		const char *why;
		const char *text;
		const char *want;
	} rows[] = {
		{"English", "i can't believe what my boss said to us", "en "},
		{"German", "ich kann nicht glauben, was mein chef gesagt hat", "de "},
		{"French", "je n'arrive pas à croire ce que mon patron a dit", "fr "},
		{"Spanish", "no me puedo creer lo que ha dicho mi jefe", "es "},
		{"Portuguese", "não acredito no que o meu chefe disse", "pt "},
		{"Brazilian", "você não sabe o que ele fez comigo ontem", "pt "},
		{"French, mostly elisions", "j'adore l'école, qu'importe l'heure", "fr "},
		{"Spanish signs", "¿dónde? ¡hola!", "es "},
		{"two languages in one post",
			"we had the best time at the beach. es war so schön und wir sind noch hier",
			"en de "},
		{"nothing", "", ""},
		{"one word is no evidence", "die", ""},
		{"names and numbers", "berlin 2024 linux kernel 6.1", ""},
		{"another script", "привет, как дела", ""},
		{"letters cut off at the end", "caf\xc3", ""},
		{"a sign cut off at the end", "no\xc2", ""},
	};
	for (size_t i = 0; i < COUNT(rows); i++)
		check_guess(rows[i].why, rows[i].text, rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_guesses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
