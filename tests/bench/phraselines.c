/* What rules of kind phrases see in lines of {"text"}: one JSON list a line: how many words, and the phrases, each once.
 * tests/tools/fit.py learns from it, so that it reads posts as the engine does.
 * phraselines FOLDER... <posts.jsonl (the folders' list of masked words is what it needs). */
#include "daemon/base/limits.h"
#include "patterns/set.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int add_phrases(struct words *words, const struct view *view, json_t *seen)
{
	int r = words_read(words, view->text, view->len);
	for (size_t i = 0; r == 0 && i < words->count; i++) {
		size_t reach = words_reach(words, i);
		struct buf phrase = BUF_INIT(LIMIT_POST_TEXT_B);
		for (size_t n = 1; r == 0 && n <= reach; n++) {
			const struct word *word = &words->items[i + n - 1];
			r = buf_addf(&phrase, "%s%.*s", n > 1 ? " " : "",
				(int)(word->end - word->start), view->text + word->start);
			if (r == 0 &&
				(!view->changed || view_changed(view, words_span(words, i, n))))
				json_object_set_new(seen, buf_str(&phrase), json_null());
		}
		buf_release(&phrase);
	}
	return r;
}

static int print_phrases(struct views *views, struct words *words, const char *text)
{
	static const enum view_name names[] = {VIEW_UNDISGUISED_2, VIEW_UNDISGUISED, VIEW_PLAIN};
	json_t *seen = json_object();
	json_t *list = json_array();
	const char *phrase;
	json_t *value;
	int r = views_take(views, text, text_cut(text, strlen(text), LIMIT_POST_TEXT_B), true);
	for (size_t i = 0; r == 0 && i < sizeof names / sizeof names[0]; i++) {
		const struct view *view;
		r = views_get(views, names[i], &view);
		if (r == 0 && view)
			r = add_phrases(words, view, seen);
	}
	json_object_foreach(seen, phrase, value)
		json_array_append_new(list, json_string(phrase));
	(void)printf("[%zu,", words->count); /* of the plain view, the last */
	(void)json_dumpf(list, stdout, JSON_COMPACT);
	(void)puts("]");
	json_decref(seen);
	json_decref(list);
	return r;
}

int main(int argc, char **argv)
{
	struct config config = {.path = NULL};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	struct views *views = NULL;
	struct words words = {.items = NULL};
	const struct ruleset_options options = {
		.config = &config,
		.folders = {(const char *const *)argv + 1, (size_t)argc - 1},
		.catalogue = true,
	};
	if (argc < 2 || !problems || ruleset_load(&options, problems, &set) != 0 ||
		views_new(&set->views, &views) != 0) {
		(void)fprintf(stderr, "usage: phraselines FOLDER... <posts.jsonl\n");
		return argc >= 2;
	}
	char *line = NULL;
	size_t room = 0;
	int r = 0;
	while (r == 0 && getline(&line, &room, stdin) > 0) {
		json_t *post = json_loads(line, 0, NULL);
		const char *text = json_string_value(json_object_get(post, "text"));
		r = print_phrases(views, &words, text ? text : "");
		json_decref(post);
	}
	free(line);
	words_release(&words);
	views_free(views);
	ruleset_free(set);
	problems_free(problems);
	return r != 0;
}
