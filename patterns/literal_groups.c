#include "patterns/literal_groups.h"

#include "daemon/base/text.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Words that stand in so many posts that asking for them spares nothing. */
static bool is_common(const struct literal *literal)
{
	static const char *const common[] = {"a", "all", "am", "an", "and", "are", "as", "at", "be",
		"but", "by", "can", "do", "for", "from", "get", "go", "got", "had", "has", "have",
		"he", "her", "his", "how", "i", "if", "i'm", "in", "is", "it", "its", "just",
		"like", "me", "my", "no", "not", "of", "on", "one", "or", "our", "out", "people",
		"she", "so", "that", "the", "their", "them", "they", "this", "to", "up", "us",
		"was", "we", "were", "what", "when", "who", "will", "with", "would", "you", "your"};
	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		if (strlen(common[i]) == literal->len &&
			memcmp(common[i], literal->text, literal->len) == 0)
			return true;
	}
	return false;
}

/* In how many posts of a hundred thousand a literal stands, roughly: what it is good for follows
 * from its order of magnitude alone.  By length, for whole words and for beginnings of words. */
static size_t literal_odds(const struct literal *literal)
{
	static const size_t words[] = {100000, 30000, 6000, 1500, 700, 300, 120, 50};
	static const size_t beginnings[] = {100000, 60000, 20000, 6000, 1500, 600, 200, 80};
	static const size_t common = 40000;
	const size_t last = sizeof words / sizeof words[0] - 1;
	size_t len = literal->len < last ? literal->len : last;
	if (literal->word_start && literal->word_end)
		return is_common(literal) ? common : words[len];
	return literal->word_start ? beginnings[len] : 2 * beginnings[len];
}

static bool better(const struct literal_group *a, const struct literal_group *b)
{
	return a->odds < b->odds;
}

/* Do two groups ask for the same, as far as three in four of their literals go?  Then one will do. */
static bool much_alike(const struct literal_group *a, const struct literal_group *b)
{
	size_t same = 0;
	for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
		const struct literal *x = &a->items[i];
		const struct literal *y = &b->items[k];
		int order = memcmp(x->text, y->text, x->len < y->len ? x->len : y->len);
		same += order == 0;
		i += order <= 0;
		k += order >= 0;
	}
	return 4 * same >= 3 * (a->count > b->count ? a->count : b->count);
}

static void remove_group(struct literals *literals, size_t at)
{
	literals->count--;
	for (size_t i = at; i < literals->count; i++)
		literals->groups[i] = literals->groups[i + 1];
}

void groups_add(struct literals *literals, struct literal_group group)
{
	if (group.count == 0)
		return;
	for (size_t i = 0; i < literals->count; i++) {
		if (!much_alike(&group, &literals->groups[i]))
			continue;
		if (!better(&group, &literals->groups[i]))
			return;
		remove_group(literals, i--);
	}
	size_t at = literals->count;
	while (at > 0 && better(&group, &literals->groups[at - 1]))
		at--;
	if (at == LITERAL_GROUPS)
		return;
	if (literals->count < LITERAL_GROUPS)
		literals->count++;
	for (size_t i = literals->count - 1; i > at; i--)
		literals->groups[i] = literals->groups[i - 1];
	literals->groups[at] = group;
}

/* Is the first character one that \b can have a word begin with? */
static bool begins_word(const struct literal *literal)
{
	unsigned char c = (unsigned char)literal->text[0];
	if (c < 0x80)
		return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
	uint32_t code;
	text_decode(literal->text, literal->len, &code);
	utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
	return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
	       (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/* Can \b have a word end behind it?  For other scripts that is not asked. */
static bool ends_word(const struct literal *literal)
{
	char c = literal->text[literal->len - 1];
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

static int compare_literals(const void *a, const void *b)
{
	const struct literal *one = a;
	const struct literal *two = b;
	if (one->word_start != two->word_start)
		return one->word_start ? 1 : -1;
	int order = memcmp(one->text, two->text, one->len < two->len ? one->len : two->len);
	if (order == 0)
		order = (one->len > two->len) - (one->len < two->len);
	return order ? order : (int)one->word_end - (int)two->word_end;
}

/* Does @a stand wherever @b stands? */
static bool includes(const struct literal *a, const struct literal *b)
{
	return a->word_start == b->word_start && a->len <= b->len &&
	       (!a->word_end || (b->word_end && a->len == b->len)) &&
	       memcmp(a->text, b->text, a->len) == 0;
}

/* Leading blanks say that a word begins, trailing ones that one ends, as far as it is of letters.
 */
static void strip_blanks(struct literal *literal)
{
	while (literal->len > 0 && literal->text[0] == ' ') {
		literal->text++;
		literal->len--;
		literal->word_start = true;
	}
	while (literal->len > 0 && literal->text[literal->len - 1] == ' ') {
		literal->len--;
		literal->word_end = true;
	}
}

/* Make a group of @set: none when a string of it is empty.  A literal that begins with another one
 * of the group says nothing more than that. */
struct literal_group group_of_set(struct set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct literal *literal = &set->items[i];
		strip_blanks(literal);
		if (literal->len == 0)
			return (struct literal_group){.count = 0};
		if (literal->len > LITERAL_B) {
			literal->len = LITERAL_B;
			literal->word_end = false;
		}
		literal->word_start = literal->word_start && begins_word(literal);
		literal->word_end = literal->word_end && ends_word(literal);
	}
	if (set->count == 0)
		return (struct literal_group){.count = 0};
	qsort(set->items, set->count, sizeof *set->items, compare_literals);
	size_t out = 0;
	for (size_t i = 0; i < set->count; i++) {
		if (out == 0 || !includes(&set->items[out - 1], &set->items[i]))
			set->items[out++] = set->items[i];
	}
	struct literal_group group = {set->items, out, 0};
	for (size_t i = 0; i < out; i++)
		group.odds += literal_odds(&set->items[i]);
	return group;
}

/* A sum of odds is the worst case: beside what matches begin with, which is often said by every post, the
 * best other group is asked for however long it is. */
void groups_drop_weak(struct literals *literals)
{
	const size_t weak = 60000; /* posts of a hundred thousand */
	const size_t kept = literals->starts ? 2 : 1;
	while (literals->count > kept && literals->groups[literals->count - 1].odds > weak)
		literals->count--;
}

/* Put @starts first among what is required. */
void groups_put_starts(struct literals *literals, struct literal_group starts)
{
	for (size_t i = 0; i < literals->count; i++) {
		if (much_alike(&starts, &literals->groups[i]))
			remove_group(literals, i--);
	}
	if (literals->count == LITERAL_GROUPS)
		literals->count--;
	for (size_t i = literals->count; i > 0; i--)
		literals->groups[i] = literals->groups[i - 1];
	literals->groups[0] = starts;
	literals->count++;
	literals->starts = true;
}
