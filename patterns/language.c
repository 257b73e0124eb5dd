#include "patterns/language.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A primary language subtag has two or three letters, a reserved one up to eight (RFC 5646 §2.1). */
#define SUBTAG_MAX 8

uint64_t language_of_tag(const char *tag)
{
	static const char *const silent[] = {"any", "mis", "mul", "und", "zxx", "root"};
	char name[SUBTAG_MAX + 1] = "";
	uint64_t language = 0;
	size_t len = 0;
	if (!tag)
		return 0;
	for (; tag[len] && tag[len] != '-' && tag[len] != '_'; len++) {
		char c = tag[len] >= 'A' && tag[len] <= 'Z' ? (char)(tag[len] | 0x20) : tag[len];
		if (len == SUBTAG_MAX || c < 'a' || c > 'z')
			return 0;
		name[len] = c;
		language = language << 8 | (unsigned char)c;
	}
	for (size_t i = 0; i < COUNT(silent); i++) {
		if (strcmp(silent[i], name) == 0)
			return 0;
	}
	return len >= 2 ? language : 0;
}

/*
 * Why not a library: libexttextcat compares n-grams, which needs some hundred characters to be right,
 * more time than a whole post may take, and files at run time; CLD2 has an interface for C++ only.
 * Posts are short, and a wrong answer costs findings.  Every clause holds small words, and hardly any
 * of them belong to two languages: counted, they give an answer after five words or none.
 */
enum { EN = 1, DE = 2, FR = 4, ES = 8, PT = 16 };

static const char *const names[LANGUAGE_GUESSES] = {"en", "de", "fr", "es", "pt"};

struct small_word {
	const char *text;
	unsigned languages;
};

/* Sorted by bytes. */
/* clang-format off */
static const struct small_word small_words[] = {
	{"a", EN | FR | PT}, {"aber", DE}, {"about", EN}, {"after", EN}, {"agora", PT},
	{"ahora", ES}, {"ai", FR}, {"al", ES}, {"algo", ES | PT}, {"ali", PT}, {"all", EN},
	{"alle", DE}, {"alles", DE}, {"allí", ES}, {"als", DE}, {"am", EN | DE},
	{"amanhã", PT}, {"an", EN}, {"and", EN}, {"any", EN}, {"ao", PT}, {"aos", PT},
	{"après", FR}, {"aquel", ES}, {"aquela", PT}, {"aquele", PT}, {"aquella", ES},
	{"aqui", PT}, {"aquilo", PT}, {"aquí", ES}, {"are", EN}, {"as", EN | FR | PT},
	{"at", EN}, {"até", PT}, {"au", FR}, {"auch", DE}, {"auf", DE}, {"aujourd'hui", FR},
	{"aus", DE}, {"aussi", FR}, {"aux", FR}, {"avant", FR}, {"avec", FR}, {"avez", FR},
	{"avoir", FR}, {"avons", FR}, {"ayer", ES}, {"back", EN}, {"be", EN}, {"because", EN},
	{"been", EN}, {"before", EN}, {"bei", DE}, {"being", EN}, {"bem", PT},
	{"bien", FR | ES}, {"bin", DE}, {"bist", DE}, {"but", EN}, {"by", EN}, {"c'est", FR},
	{"cada", ES}, {"can't", EN}, {"car", FR}, {"ce", FR}, {"cela", FR}, {"ces", FR},
	{"cet", FR}, {"cette", FR}, {"chez", FR}, {"com", PT}, {"come", EN}, {"comme", FR},
	{"comment", FR}, {"como", ES | PT}, {"con", ES}, {"could", EN}, {"cuando", ES},
	{"cuándo", ES}, {"cómo", ES}, {"da", DE | PT}, {"dans", FR}, {"das", DE | PT},
	{"dass", DE}, {"day", EN}, {"de", FR | ES | PT}, {"dein", DE}, {"deine", DE},
	{"del", ES}, {"dela", PT}, {"dele", PT}, {"dem", DE}, {"demain", FR}, {"den", DE},
	{"denn", DE}, {"depuis", FR}, {"der", DE}, {"des", DE | FR}, {"desde", ES | PT},
	{"dich", DE}, {"did", EN}, {"didn't", EN}, {"die", EN | DE}, {"diese", DE},
	{"diesen", DE}, {"dieser", DE}, {"dieses", DE}, {"dir", DE}, {"do", EN | PT},
	{"doch", DE}, {"does", EN}, {"don't", EN}, {"donc", FR}, {"donde", ES}, {"dort", DE},
	{"dos", PT}, {"du", DE | FR}, {"durch", DE}, {"déjà", FR}, {"dónde", ES},
	{"e", ES | PT}, {"ein", DE}, {"eine", DE}, {"einem", DE}, {"einen", DE}, {"einer", DE},
	{"el", ES}, {"ela", PT}, {"elas", PT}, {"ele", PT}, {"eles", PT}, {"ella", ES},
	{"ellas", ES}, {"elle", FR}, {"elles", FR}, {"ellos", ES}, {"em", PT}, {"en", FR | ES},
	{"encore", FR}, {"entre", ES | PT}, {"er", DE}, {"era", ES | PT}, {"eres", ES},
	{"es", DE | FR | ES}, {"esa", ES}, {"esas", ES}, {"ese", ES}, {"eso", ES},
	{"esos", ES}, {"essa", PT}, {"essas", PT}, {"esse", PT}, {"esses", PT}, {"est", FR},
	{"esta", ES | PT}, {"estaba", ES}, {"estar", ES | PT}, {"estas", ES}, {"estava", PT},
	{"este", ES | PT}, {"esto", ES}, {"estos", ES}, {"estou", PT}, {"estoy", ES},
	{"está", ES | PT}, {"están", ES}, {"estão", PT}, {"et", FR}, {"etwas", DE}, {"eu", PT},
	{"euch", DE}, {"eux", FR}, {"even", EN}, {"every", EN}, {"faire", FR}, {"fait", FR},
	{"faut", FR}, {"faz", PT}, {"fazer", PT}, {"foi", PT}, {"for", EN}, {"from", EN},
	{"fue", ES}, {"fui", PT}, {"für", DE}, {"gegen", DE}, {"gehen", DE}, {"geht", DE},
	{"gehört", DE}, {"gens", FR}, {"gente", ES | PT}, {"gestern", DE}, {"get", EN},
	{"go", EN}, {"going", EN}, {"good", EN}, {"got", EN}, {"habe", DE}, {"haben", DE},
	{"hace", ES}, {"hacer", ES}, {"hacia", ES}, {"had", EN}, {"han", ES}, {"has", EN | ES},
	{"hasta", ES}, {"hat", EN | DE}, {"hate", EN}, {"hatte", DE}, {"have", EN},
	{"hay", ES}, {"he", EN | ES}, {"hemos", ES}, {"her", EN}, {"here", EN}, {"heute", DE},
	{"hier", DE | FR}, {"him", EN}, {"his", EN}, {"hoje", PT}, {"how", EN}, {"hoy", ES},
	{"há", PT}, {"i", EN}, {"i'll", EN}, {"i'm", EN}, {"i've", EN}, {"ich", DE},
	{"ici", FR}, {"if", EN}, {"ihr", DE}, {"ihre", DE}, {"ihren", DE}, {"il", FR},
	{"ils", FR}, {"im", DE}, {"immer", DE}, {"in", EN}, {"into", EN}, {"is", EN},
	{"isn't", EN}, {"isso", PT}, {"ist", DE}, {"isto", PT}, {"it", EN}, {"it's", EN},
	{"its", EN}, {"j'ai", FR}, {"ja", DE}, {"jamais", FR}, {"je", FR}, {"jetzt", DE},
	{"just", EN}, {"já", PT}, {"kann", DE}, {"kein", DE}, {"keine", DE}, {"keinen", DE},
	{"know", EN}, {"können", DE}, {"la", FR | ES}, {"las", ES}, {"last", EN},
	{"le", FR | ES}, {"les", FR | ES}, {"leur", FR}, {"leurs", FR}, {"leute", DE},
	{"lhe", PT}, {"like", EN}, {"lo", ES}, {"los", ES}, {"love", EN}, {"lui", FR},
	{"là", FR}, {"ma", FR}, {"machen", DE}, {"macht", DE}, {"made", EN}, {"mais", FR | PT},
	{"make", EN}, {"mal", DE | ES | PT}, {"man", EN | DE}, {"many", EN}, {"mas", PT},
	{"mañana", ES}, {"me", EN | FR | ES | PT}, {"mehr", DE}, {"mein", DE}, {"meine", DE},
	{"meinem", DE}, {"meinen", DE}, {"meiner", DE}, {"mejor", ES}, {"melhor", PT},
	{"menos", ES | PT}, {"mes", FR}, {"meu", PT}, {"meus", PT}, {"mi", ES}, {"mich", DE},
	{"minha", PT}, {"minhas", PT}, {"mir", DE}, {"mis", ES}, {"mit", DE}, {"moi", FR},
	{"moins", FR}, {"mon", FR}, {"more", EN}, {"morgen", DE}, {"much", EN}, {"muita", PT},
	{"muito", PT}, {"muitos", PT}, {"muss", DE}, {"muy", ES}, {"my", EN}, {"más", ES},
	{"même", FR}, {"müssen", DE}, {"n'est", FR}, {"na", PT}, {"nach", DE},
	{"nada", ES | PT}, {"nas", PT}, {"ne", FR}, {"need", EN}, {"nein", DE}, {"nem", PT},
	{"never", EN}, {"next", EN}, {"ni", ES}, {"nicht", DE}, {"nichts", DE}, {"nie", DE},
	{"no", EN | ES | PT}, {"noch", DE}, {"nos", ES | PT}, {"nosotros", ES}, {"nossa", PT},
	{"nosso", PT}, {"not", EN}, {"nothing", EN}, {"notre", FR}, {"nous", FR},
	{"nuestra", ES}, {"nuestro", ES}, {"num", PT}, {"numa", PT}, {"nunca", ES | PT},
	{"nur", DE}, {"não", PT}, {"nós", PT}, {"o", ES | PT}, {"oder", DE}, {"of", EN},
	{"off", EN}, {"ohne", DE}, {"ojalá", ES}, {"on", EN | FR}, {"once", EN}, {"onde", PT},
	{"one", EN}, {"only", EN}, {"ont", FR}, {"ontem", PT}, {"or", EN}, {"os", PT},
	{"otra", ES}, {"otro", ES}, {"ou", FR | PT}, {"our", EN}, {"out", EN}, {"over", EN},
	{"où", FR}, {"par", FR}, {"para", ES | PT}, {"pas", FR}, {"pela", PT}, {"pelo", PT},
	{"pendant", FR}, {"people", EN}, {"pero", ES}, {"peut", FR}, {"please", EN},
	{"plus", EN | FR}, {"pois", PT}, {"por", ES | PT}, {"porque", ES | PT}, {"pour", FR},
	{"pourquoi", FR}, {"pra", PT}, {"pro", PT}, {"pues", ES}, {"quand", FR},
	{"quando", PT}, {"que", FR | ES | PT}, {"quem", PT}, {"qui", FR}, {"quien", ES},
	{"quién", ES}, {"quoi", FR}, {"qué", ES}, {"really", EN}, {"rien", FR}, {"sa", FR},
	{"sans", FR}, {"schon", DE}, {"se", FR | ES | PT}, {"see", EN}, {"sehr", DE},
	{"seid", DE}, {"sein", DE}, {"seine", DE}, {"sem", PT}, {"sempre", PT},
	{"ser", ES | PT}, {"sera", FR}, {"ses", FR}, {"seu", PT}, {"seus", PT}, {"she", EN},
	{"should", EN}, {"si", FR | ES}, {"sich", DE}, {"sie", DE}, {"siempre", ES},
	{"sin", EN | ES}, {"sind", DE}, {"so", EN | DE}, {"sobre", ES | PT}, {"soll", DE},
	{"sollen", DE}, {"sollten", DE}, {"some", EN}, {"someone", EN}, {"something", EN},
	{"sommes", FR}, {"somos", ES}, {"son", EN | FR | ES}, {"sont", FR}, {"sou", PT},
	{"sous", FR}, {"soy", ES}, {"su", ES}, {"sua", PT}, {"suas", PT}, {"suis", FR},
	{"sur", FR}, {"sus", ES}, {"são", PT}, {"sí", ES}, {"só", PT}, {"ta", FR},
	{"también", ES}, {"também", PT}, {"tan", ES}, {"te", FR | ES | PT}, {"tem", PT},
	{"tengo", ES}, {"tenho", PT}, {"tes", FR}, {"teu", PT}, {"than", EN}, {"thanks", EN},
	{"that", EN}, {"the", EN}, {"their", EN}, {"them", EN}, {"then", EN}, {"there", EN},
	{"these", EN}, {"they", EN}, {"thing", EN}, {"things", EN}, {"think", EN},
	{"this", EN}, {"those", EN}, {"tiene", ES}, {"tienen", ES}, {"time", EN}, {"to", EN},
	{"toda", ES | PT}, {"todas", ES | PT}, {"today", EN}, {"todo", ES | PT},
	{"todos", ES | PT}, {"toi", FR}, {"tomorrow", EN}, {"ton", FR}, {"too", EN},
	{"toujours", FR}, {"tous", FR}, {"tout", FR}, {"toute", FR}, {"toutes", FR},
	{"trop", FR}, {"très", FR}, {"tu", FR | ES | PT}, {"tua", PT}, {"tudo", PT},
	{"tus", ES}, {"tá", PT}, {"têm", PT}, {"tú", ES}, {"u", EN | ES}, {"um", DE | PT},
	{"uma", PT}, {"umas", PT}, {"un", FR | ES}, {"una", ES}, {"unas", ES}, {"und", DE},
	{"une", FR}, {"unos", ES}, {"uns", DE | PT}, {"unser", DE}, {"unsere", DE},
	{"unter", DE}, {"up", EN}, {"ur", EN}, {"us", EN}, {"usted", ES}, {"ustedes", ES},
	{"va", ES}, {"vai", PT}, {"vamos", ES | PT}, {"van", EN}, {"vers", FR}, {"very", EN},
	{"veut", FR}, {"veux", FR}, {"viel", DE}, {"você", PT}, {"vocês", PT}, {"von", DE},
	{"vor", DE}, {"votre", FR}, {"vou", PT}, {"vous", FR}, {"voy", ES}, {"want", EN},
	{"war", EN | DE}, {"waren", DE}, {"was", EN | DE}, {"way", EN}, {"we", EN},
	{"weil", DE}, {"well", EN}, {"wenn", DE}, {"wer", DE}, {"werden", DE}, {"were", EN},
	{"what", EN}, {"when", EN}, {"where", EN}, {"which", EN}, {"while", EN}, {"who", EN},
	{"why", EN}, {"wie", DE}, {"wieder", DE}, {"will", EN | DE}, {"wir", DE}, {"wird", DE},
	{"with", EN}, {"wo", DE}, {"wollen", DE}, {"won't", EN}, {"work", EN}, {"would", EN},
	{"wurde", DE}, {"y", FR | ES}, {"ya", ES}, {"yeah", EN}, {"yesterday", EN}, {"yo", ES},
	{"you", EN}, {"your", EN}, {"zu", DE}, {"zum", DE}, {"zur", DE}, {"à", PT}, {"às", PT},
	{"ça", FR}, {"é", PT}, {"él", ES}, {"étaient", FR}, {"était", FR}, {"été", FR},
	{"êtes", FR}, {"être", FR}, {"über", DE},
};

/* Letters that say something; two bytes each, in UTF-8.  Names and loan words have them too, so they
 * weigh no more than a word that two languages share. */
static const struct small_word letters[] = {
	{"ä", DE}, {"ö", DE}, {"ü", DE}, {"ñ", ES}, {"ã", PT}, {"õ", PT},
	{"ç", FR | PT}, {"è", FR}, {"ê", FR | PT}, {"ù", FR}, {"œ", FR}, {"î", FR},
};
/* clang-format on */

/* A word of one language alone weighs two, others one.  Below ENOUGH there is no telling. */
#define ENOUGH 4
/* Words that are looked at: what a thousand words do not tell, more will not. */
#define WORDS_MAX 1000

struct tally {
	unsigned scores[LANGUAGE_GUESSES];
};

static void count_for(struct tally *tally, unsigned languages, unsigned weight)
{
	for (size_t i = 0; i < LANGUAGE_GUESSES; i++) {
		if (languages >> i & 1)
			tally->scores[i] += weight;
	}
}

struct word {
	const char *text;
	size_t len;
};

static int compare_word(const void *word_, const void *small_)
{
	const struct word *word = word_;
	const struct small_word *small = small_;
	int order = strncmp(word->text, small->text, word->len);
	return order ? order : small->text[word->len] ? -1 : 0;
}

static void count_word(struct tally *tally, struct word word)
{
	const struct small_word *found = bsearch(
		&word, small_words, COUNT(small_words), sizeof small_words[0], compare_word);
	if (found)
		count_for(tally, found->languages,
			(found->languages & (found->languages - 1)) == 0 ? 2 : 1);
}

/* Letters, but not the signs of U+0080 to U+00BF, which begin with this byte. */
#define SIGN '\xc2'

static bool in_word(char c)
{
	return (c >= 'a' && c <= 'z') || c == '\'' || ((unsigned char)c >= 0x80 && c != SIGN);
}

static void count_letters(struct tally *tally, struct word word)
{
	for (size_t i = 0; i + 1 < word.len; i++) {
		if ((unsigned char)word.text[i] < 0xc2 || (unsigned char)word.text[i] > 0xc5)
			continue; /* the lead bytes of the letters above */
		for (size_t k = 0; k < COUNT(letters); k++) {
			if (memcmp(word.text + i, letters[k].text, 2) == 0)
				count_for(tally, letters[k].languages, 1);
		}
	}
}

/* French joins its small words to what follows: "l'entreprise", "j'ai". */
static void count_elision(struct tally *tally, struct word word)
{
	bool one = word.len > 3 && word.text[1] == '\'' && strchr("cdjlmnst", word.text[0]);
	bool qu = word.len > 4 && memcmp(word.text, "qu'", 3) == 0;
	if (one || qu)
		count_for(tally, FR, 2);
}

static void count_text(struct tally *tally, const char *text, size_t len)
{
	size_t words = 0;
	for (size_t i = 0; i < len && words < WORDS_MAX; i++) {
		if (text[i] == SIGN && i + 1 < len) {
			i++; /* "¿" and "¡" stand only in Spanish */
			if (text[i] == '\xbf' || text[i] == '\xa1')
				count_for(tally, ES, 2);
			continue;
		}
		bool tag = i > 0 && text[i - 1] == '#';
		if (!in_word(text[i]))
			continue;
		struct word word = {text + i, 0};
		while (i < len && in_word(text[i]))
			i++;
		word.len = (size_t)(text + i - word.text);
		if (tag) /* a name, like #EU, and told over and over */
			continue;
		count_word(tally, word);
		count_letters(tally, word);
		count_elision(tally, word);
		words++;
	}
}

/* Those with at least half of the best one's evidence, so that a post that mixes two languages is
 * taken for both. */
void language_guess(const char *text, size_t len, struct guess *ret)
{
	struct tally tally = {.scores = {0}};
	unsigned best = 0;
	ret->count = 0;
	count_text(&tally, text, len);
	for (size_t i = 0; i < LANGUAGE_GUESSES; i++)
		best = tally.scores[i] > best ? tally.scores[i] : best;
	for (unsigned score = best; best >= ENOUGH && 2 * score >= best; score--) {
		for (size_t i = 0; i < LANGUAGE_GUESSES; i++) {
			if (tally.scores[i] == score)
				ret->items[ret->count++] = language_of_tag(names[i]);
		}
	}
}
