/* Any bytes as JSON: a tree of valid strings that is the same once it was written and read again. */
#include "crawlers/parse/json.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>
#include <string.h>

static void string_holds(const char *text, size_t len)
{
	MUST(text_valid(text, len) && strlen(text) == len);
}

/* The tree is no deeper than LIMIT_JSON_DEPTH. */
static void tree_holds(const json_t *value, size_t depth)
{
	const char *key;
	json_t *item;
	size_t i;
	MUST(depth <= LIMIT_JSON_DEPTH);
	if (json_is_string(value))
		string_holds(json_string_value(value), json_string_length(value));
	json_object_foreach((json_t *)value, key, item) {
		string_holds(key, strlen(key));
		tree_holds(item, depth + 1);
	}
	json_array_foreach(value, i, item) {
		tree_holds(item, depth + 1);
	}
}

/* Keys that platforms use, on a value of any type. */
static void looks(struct arena *arena, const json_t *value)
{
	static const char *const keys[] = {"id", "created_at", "account", "0", ""};
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		const char *id = NULL;
		const char *words = json_words(value, keys[i]);
		MUST(!words || *words);
		MUST(json_id(arena, value, keys[i], &id) == 0);
		(void)json_text(value, keys[i]);
		(void)json_int64(value, keys[i], -1);
		(void)json_flag(value, keys[i]);
		(void)json_date(value, keys[i]);
		MUST(!json_object_at(value, keys[i]) ||
			json_is_object(json_object_at(value, keys[i])));
		MUST(!json_array_at(value, keys[i]) ||
			json_is_array(json_array_at(value, keys[i])));
	}
	(void)json_path(value, "account.0.id");
	(void)json_path(value, "..");
}

static void once_more(json_t *tree)
{
	char *text = json_dumps(tree, JSON_ENCODE_ANY | JSON_COMPACT);
	json_t *again = NULL;
	MUST(text);
	MUST(json_read(text, strlen(text), &again) == 0);
	MUST(json_equal(tree, again));
	json_decref(again);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input input = input_of(data, size);
	size_t len;
	char *bytes = input_rest(&input, &len);
	json_t *tree = NULL;
	int r = json_read(bytes, len, &tree);
	MUST(r == 0 || r == JSON_E_BAD || r == JSON_E_CUT || r == JSON_E_DEEP);
	if (r == 0) {
		struct arena *arena = arena_new(LIMIT_EXTRACT_B);
		MUST(arena);
		tree_holds(tree, 0);
		looks(arena, tree);
		once_more(tree);
		json_decref(tree);
		arena_free(arena);
	}
	free(bytes);
	return 0;
}
