#include "patterns/emoji.h"

#include <stddef.h>

/*
 * Only what stands in a sentence as a word does: whom it is about, what they are called, what is done
 * to them.  Faces, hearts and flames say how something is meant and are left alone.  Groups are in the plural,
 * as "I hate ..." has them.  Code points and names: Unicode, emoji-data.txt 15.0.
 */
static const struct {
	uint32_t c;
	const char *word;
} words[] = {
	/* whom it is about */
	{0x262a, "muslims"}, /* star and crescent */
	{0x267f, "the disabled"},
	{0x26a7, "trans people"},
	{0x2721, "jews"},  /* star of David */
	{0x1f308, "gays"}, /* rainbow, of the flag too */
	{0x1f466, "boys"},
	{0x1f467, "girls"},
	{0x1f468, "men"},
	{0x1f469, "women"},
	{0x1f472, "chinese"},
	{0x1f473, "arabs"}, /* turban */
	{0x1f474, "old people"},
	{0x1f475, "old people"},
	{0x1f9d5, "muslims"}, /* headscarf */
	/* what they are called */
	{0x1f400, "rats"},
	{0x1f401, "rats"},
	{0x1f40d, "snakes"},
	{0x1f412, "monkeys"},
	{0x1f415, "dogs"},
	{0x1f416, "pigs"},
	{0x1f435, "monkeys"},
	{0x1f436, "dogs"},
	{0x1f437, "pigs"},
	{0x1f4a9, "feces"},
	{0x1f5d1, "trash"},
	{0x1f921, "clown"},
	{0x1f98d, "apes"},
	{0x1f9a0, "a virus"},
	{0x1fab3, "cockroaches"},
	/* what is done to them */
	{0x1f4a3, "bomb"},
	{0x1f52a, "stab"},
	{0x1f52b, "shoot"},
	{0x1f5e1, "stab"},
	{0x1f595, "fuck you"},
};

const char *emoji_word(uint32_t c)
{
	for (size_t i = 0; c >= 0x2600 && i < sizeof words / sizeof words[0]; i++) {
		if (words[i].c == c)
			return words[i].word;
	}
	return NULL;
}

const char *emoji_tone(uint32_t tone)
{
	return tone == 0x1f3fe || tone == 0x1f3ff ? "black " : NULL;
}
