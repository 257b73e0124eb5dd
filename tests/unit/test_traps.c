/* The shipped rules leave harmless talk alone that looks like dirt: every trap by its number, with all rules in
 * force and competitors whose names are words.  Each is a test of the rules themselves too, in TRAPS_FILE. */
#include "engine.h"

#include "config/config.h"

#define TRAPS_FILE   "patterns/rules/95-traps.yaml"
#define TRAPS_FILE_B (64 * 1024)

/* The kinds of trap: 1 to LAST_TRAP. */
#define LAST_TRAP 19

static const struct organisation competitors[] = {{.name = "Apple"}, {.name = "Target"},
	{.name = "Meta"}, {.name = "Oracle"}, {.name = "Shell"}, {.name = "Gap"}, {.name = "Slack"},
	{.name = "Orange"}, {.name = "Block"}, {.name = "Square"}, {.name = "Amazon"}};

struct trap {
	int number;
	const char *text;
};

static const struct trap traps[] = {
	{1, "We are killing it this quarter"},
	{1, "A killer app for cooks"},
	{1, "Killing time at the airport"},
	{1, "Dressed to kill for the gala"},
	{1, "I think I killed the interview"},
	{1, "Just kill -9 that process"},
	{1, "The conveyor has a kill switch"},
	{1, "Rain at the picnic, what a buzzkill"},
	{2, "Give it a shot"},
	{2, "My new headshot for the company page"},
	{2, "I took a screenshot of the menu"},
	{2, "Got my flu shot, then the booster shot"},
	{2, "A double espresso shot to start"},
	{2, "It was a long shot but it worked"},
	{2, "She calls the shots in our team"},
	{2, "Shot on iPhone at dawn"},
	{2, "His parting shot was a thank-you note"},
	{3, "High five to all who helped"},
	{3, "Back at my old high school for a talk"},
	{3, "A high-availability cluster for the shop"},
	{3, "That book is high on my list"},
	{3, "That jacket is dope"},
	{3, "Dopamine and motivation: a talk"},
	{3, "Doped silicon conducts better"},
	{3, "My lit review is due on Friday"},
	{3, "Baked bread with my daughter"},
	{3, "The plan is half-baked, back to the board"},
	{4, "We weed out duplicates each night"},
	{4, "Seaweed salad for lunch"},
	{4, "The potluck starts at six"},
	{4, "A Diet Coke, please"},
	{4, "Crack the code with us on Saturday"},
	{4, "Every ACID transaction commits or not"},
	{4, "A joint venture with a Danish firm"},
	{4, "A hash table and a #hashtag"},
	{4, "The whistleblower law passed"},
	{4, "Back from a business trip"},
	{4, "The water is crystal clear"},
	{4, "Mushroom risotto tonight"},
	{4, "Our method and methodology are open"},
	{4, "Speed up the query with an index"},
	{4, "Ice on the road, drive slowly"},
	{5, "I wasted time on a form"},
	{5, "We hammered out the details"},
	{5, "The team smashed our targets"},
	{5, "I bombed the demo, the projector died"},
	{5, "A fully loaded sandwich"},
	{5, "Drunk-driving awareness week at our school"},
	{5, "Somebody trashed the old docs page, restored it"},
	{6, "Kill the zombie process first"},
	{6, "Orphan child processes are reaped by init"},
	{6, "The old master/slave replication is gone"},
	{6, "A fork bomb in the lecture"},
	{6, "The daemon restarts itself"},
	{6, "Abort the build and run fsck"},
	{6, "git blame says it was me"},
	{6, "Exported the logo from GIMP"},
	{6, "Strip the binary"},
	{6, "We had a penetration test this week"},
	{6, "How a man-in-the-middle attack works"},
	{6, "The dirty bit of the cache line"},
	{6, "Execute the script twice"},
	{6, "The exploit is patched now"},
	{6, "A honeypot for bots"},
	{6, "Brute force takes ten years here"},
	{6, "Take a core dump"},
	{6, "dd if=/dev/zero of=disk.img"},
	{6, "A talk on the big head of the queue"},
	{7, "Moved from Scunthorpe to Penistone"},
	{7, "Essex on Saturday, hot water at last"},
	{7, "Such systems exist"},
	{7, "I assess the class next week"},
	{7, "The analyst and the therapist in the cockpit"},
	{7, "Ms Dickson met Mr Hancock"},
	{7, "Lipschitz and Fuchs wrote the paper"},
	{7, "A school in Niger and a dyke on the Elbe"},
	{7, "Kung Fu class tonight"},
	{7, "Professor Gay retired"},
	{7, "My friend Osama cooks well"},
	{7, "A cucumber and a document"},
	{8, "I don't do drugs"},
	{8, "Never drink and drive"},
	{8, "5 years sober today"},
	{8, "I would never lie on a CV"},
	{8, "We do not pay bribes"},
	{9, "He said \"kill them all\" in court"},
	{9, "The court heard that he shot the dog"},
	{9, "\"I hate women\" is what bigots say"},
	{9, "My aunt yelled \"I will kill you\" at the wasp"},
	{9, "She was told to go back where she came from and reported it"},
	{10, "Saying you hate immigrants shows who you are"},
	{10, "Racism is disgusting"},
	{10, "Report slurs when you see them"},
	{10, "It is wrong to call refugees vermin"},
	{10, "Nobody should say that women are stupid"},
	{11, "Police seize cocaine at the port"},
	{11, "DUI rates fall for the third year"},
	{11, "I volunteer at the needle-exchange on Sundays"},
	{11, "Sex-education class was cancelled"},
	{11, "I stand with #MeToo"},
	{11, "Two men charged with fraud over fake tickets"},
	{12, "Singing I Shot the Sheriff with the band"},
	{12, "Killing Me Softly is my karaoke song"},
	{12, "Watching Breaking Bad again"},
	{12, "What a headshot in CS:GO"},
	{12, "Kill Bill is on tonight"},
	{12, "I killed the final boss at last"},
	{13, "I administered morphine as the ward round ended"},
	{13, "Booked a breast exam"},
	{13, "How chemo drugs work"},
	{13, "Ten years as an addiction nurse"},
	{13, "A DUI defence lawyer answers questions"},
	{13, "I am a bartender and a sommelier"},
	{13, "The brewer showed us the cellar"},
	{13, "Ethical hacker by trade"},
	{13, "The pharmacist checked my prescription"},
	{14, "I'm such an idiot, I locked myself out"},
	{14, "Queer and proud"},
	{14, "Crip Camp is a great film"},
	{14, "I feel so stupid today"},
	{15, "I hate Mondays"},
	{15, "I hate pizza with pineapple"},
	{15, "I hate Java"},
	{15, "Excel is trash"},
	{15, "I despise cold coffee"},
	{16, "Proud Muslim engineer"},
	{16, "Women in tech meet on Friday"},
	{16, "Gay rights are human rights"},
	{16, "Our Jewish neighbours lit candles"},
	{16, "A Black-owned bookshop opened"},
	{16, "My disabled colleague climbs better than I do"},
	{16, "The migrants' choir sang"},
	{17, "My boss is amazing"},
	{17, "We fired up the grill"},
	{17, "That was a killer boss fight"},
	{17, "This sucks less than the old tool"},
	{17, "My manager fought for my raise"},
	{18, "An apple pie for the fair"},
	{18, "Know your target audience"},
	{18, "A meta-analysis of sleep"},
	{18, "The oracle of Delphi"},
	{18, "A shell script in cron"},
	{18, "My gap year in Chile"},
	{18, "People slack off on Fridays, a survey says"},
	{18, "Orange juice and toast"},
	{18, "Update the block list"},
	{18, "The square root of two"},
	{18, "The amazon rainforest burns"},
	{19, "Who to follow"},
	{19, "We use cookies to improve this page, accept all"},
	{19, "Sponsored links"},
	{19, "Image may contain: people smiling"},
};

static struct ruleset *load(void)
{
	static const char *const folders[] = {"patterns/rules"};
	static const struct config config = {
		.person = {.competitors = {competitors, COUNT(competitors)}}};
	const struct ruleset_options options = {.config = &config, .folders = {folders, 1}};
	struct problems *problems = problems_new();
	struct ruleset *set = NULL;
	assert_non_null(problems);
	assert_int_equal(ruleset_load(&options, problems, &set), 0);
	assert_int_equal(problems_count(problems), 0);
	problems_free(problems);
	return set;
}

static void check_silent(const struct ruleset *set, struct scorer *scorer, const struct trap *trap)
{
	const struct post post = {
		.id = "trap", .kind = KIND_POST, .text = trap->text, .len = strlen(trap->text)};
	struct arena *arena = arena_new(LIMIT_EXTRACT_B);
	struct score score;
	assert_non_null(arena);
	assert_int_equal(score_post(scorer, &post, 0, arena, &score), 0);
	assert_false(score.unscored);
	if (score.n_hits > 0)
		fail_msg("trap %d: \"%s\" gave %s", trap->number, trap->text,
			ruleset_card(set, score.hits[0].rule)->id);
	arena_free(arena);
}

static void test_silent(void **state)
{
	(void)state;
	struct ruleset *set = load();
	struct scorer *scorer;
	assert_int_equal(scorer_new(set, &scorer), 0);
	for (size_t i = 0; i < COUNT(traps); i++)
		check_silent(set, scorer, &traps[i]);
	scorer_free(scorer);
	ruleset_free(set);
}

static void test_none_is_missing(void **state)
{
	(void)state;
	static char text[TRAPS_FILE_B];
	size_t of_number[LAST_TRAP + 1] = {0};
	FILE *file = fopen(TRAPS_FILE, "r");
	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text - 1, file);
	assert_int_equal(fclose(file), 0);
	assert_in_range(len, 1, sizeof text - 2);
	for (size_t i = 0; i < COUNT(traps); i++) {
		if (!strstr(text, traps[i].text))
			fail_msg("trap %d is no test of the rules: \"%s\"", traps[i].number,
				traps[i].text);
		of_number[traps[i].number]++;
	}
	for (int number = 1; number <= LAST_TRAP; number++)
		assert_true(of_number[number] >= 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent),
		cmocka_unit_test(test_none_is_missing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
