#include "daemon/history_internal.h"
#include "daemon/standing.h"

#include <stdlib.h>
#include <time.h>

/* One sentence on a profile's history. */
#define SENTENCE_B 1024

/* ---- what is remembered ---- */

/* The place where a reading of all stopped: the last page read. */
static int keep_place(struct history *history, struct history_list *list)
{
	char *place;
	int r = standing_follow_write(&list->last, &place);
	if (r < 0)
		return r;
	list->is.place = arena_strdup(history->arena, place);
	free(place);
	return list->is.place ? 0 : -ENOMEM;
}

static void drop_place(struct list_memory *memory)
{
	memory->place = NULL;
	memory->began_s = memory->back_s = memory->n_read = 0;
}

static void note_end(const struct history *history, struct history_list *list)
{
	struct list_memory *is = &list->is;
	is->n_posts = list->resumed ? list->was.n_read + list->n_new + list->n_rest : list->n_shown;
	is->full_s = history->options.now_s;
	is->n_lost = 0;
	is->again = list->resumed && is->again;
	drop_place(is);
}

/* A reading of all began in this scan, and is not done. */
static int note_beginning(struct history *history, struct history_list *list)
{
	struct list_memory *is = &list->is;
	/* What was not read now was before, and there is no gap between. */
	is->full_s = history_meets(list) ? list->was.full_s : 0;
	is->began_s = history->options.now_s;
	is->back_s = list->low_s;
	is->n_read = list->n_shown;
	is->again = false;
	is->n_lost = list->lost ? list->was.n_lost + 1 : list->was.n_lost % LOST_MAX;
	if (is->n_lost < LOST_MAX)
		return keep_place(history, list);
	drop_place(is);
	is->began_s = history->options.now_s;
	return 0;
}

static int note_progress(struct history *history, struct history_list *list)
{
	struct list_memory *is = &list->is;
	is->n_read += list->n_new + list->n_rest;
	if (list->farther)
		is->n_read = list->n_shown;
	if (list->farther || list->resumed)
		is->back_s = list->farther ? list->low_s : list->rest_low_s;
	return list->farther || list->resumed ? keep_place(history, list) : 0;
}

/* The head may have stopped before it met what was known: at the end of what one scan may ask. */
static bool is_cut_off(const struct history_list *list)
{
	return !list->joined && !list->ended && !history_meets(list);
}

static int note(struct history *history, struct history_list *list)
{
	int64_t now_s = history->options.now_s;
	struct list_memory *is = &list->is;
	*is = list->was;
	is->rules_digest = history->options.rules_digest;
	is->top_s = list->newest_s > is->top_s ? list->newest_s : is->top_s;
	if (is->top_s > now_s)
		is->top_s = now_s;
	is->n_posts += list->n_new;
	is->window = list->window || (list->mode != MODE_READ && is->window);
	if (list->n_unscored > is->n_unscored || list->mode == MODE_READ)
		is->n_unscored = list->n_unscored;
	else if (list->mode == MODE_REST)
		is->n_unscored += list->n_unscored;
	if (list->ended) {
		note_end(history, list);
		return 0;
	}
	if (list->mode == MODE_READ || is_cut_off(list))
		return note_beginning(history, list);
	return list->mode == MODE_HEAD ? 0 : note_progress(history, list);
}

/* Is there anything that a later scan needs to know?  A head that was not read to where it meets what was
 * known changes nothing of that. */
static bool is_worth_it(const struct history_list *list)
{
	bool knew = list->was.full_s != 0 && !history_meets(list);
	bool head_failed = list->failed && !list->joined && (list->mode != MODE_READ || knew);
	return list->n_pages > 0 && !head_failed && (list->chain || list->was.rules_digest);
}

/* ---- closing ---- */

static bool is_whole(const struct history_list *list)
{
	if (list->failed || list->n_pages == 0)
		return false;
	return list->ended || list->is.full_s != 0;
}

/* A list of interactions makes no difference to what is known of the posts. */
static bool is_of_posts(const struct history_list *list)
{
	return list->n_shown > 0 || list->is.n_posts > 0 || list->is.n_read > 0;
}

static int close_list(struct history *history, struct history_list *list, struct tally *tally)
{
	list->whole = list->ended;
	if (!is_worth_it(list))
		return 0;
	int r = note(history, list);
	if (r < 0)
		return r;
	list->whole = is_whole(list);
	tally->interactions_cut |= !history_all_shown(list);
	if (!is_of_posts(list))
		return 0;
	tally->window |= !list->whole || list->is.window;
	if (!list->whole || history_all_shown(list))
		return 0;
	if (list->is.n_posts > list->n_shown)
		tally->n_before += (size_t)(list->is.n_posts - list->n_shown);
	int64_t unscored = list->is.n_unscored - list->n_unscored;
	return unscored > 0 ? tally_unscored(tally, (size_t)unscored, "when it was last read") : 0;
}

int history_close(struct history *history, struct tally *tally)
{
	int r = 0;
	bool whole = true;
	for (struct history_list *list = history->first; r == 0 && list; list = list->next) {
		r = close_list(history, list, tally);
		whole &=
			list->whole || list->failed || !is_of_posts(list) || !list->is.rules_digest;
	}
	if (r < 0 || whole)
		return r;
	return history->options.once ? tally_cut(tally, "there are more pages than one scan reads")
				     : tally_unfinished(tally);
}

/* ---- what was shown ---- */

static struct shown show(const struct history_list *list, bool partly)
{
	struct shown shown = {
		.list = list->name,
		.key = list->key,
		.memory = list->is.rules_digest ? &list->is : NULL,
		.all = history_all_shown(list) && !partly,
		.since_s = list->failed ? 0 : list->low_s,
	};
	if (list->resumed && !list->failed) {
		bool bottom = list->ended && !list->window && !partly;
		shown.from_s = bottom ? INT64_MIN : list->rest_low_s;
		shown.before_s = list->was.back_s;
	}
	return shown;
}

/* ---- the sentence ---- */

static int add_day(struct buf *out, const char *before, int64_t s)
{
	time_t at = s;
	struct tm utc;
	char day[sizeof "9999-12-31"];
	if (s == 0 || !gmtime_r(&at, &utc) || strftime(day, sizeof day, "%Y-%m-%d", &utc) == 0)
		return 0;
	return buf_addf(out, "%s%s", before, day);
}

/* What is to be said of all lists together. */
struct summary {
	struct known known;
	bool shown;   /* all of them, by this scan */
	bool reading; /* a reading of all is under way */
	bool lost;
	bool held;
	bool waits; /* for what was lost twice */
	int64_t n_read;
	int64_t head_s; /* back to here by this scan */
};

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void sum_up(const struct history_list *list, struct summary *summary)
{
	const struct list_memory *is = &list->is;
	struct known *known = &summary->known;
	bool all = history_all_shown(list);
	known->n_posts += list->whole || !is->place ? is->n_posts : is->n_read;
	summary->n_read += is->place ? is->n_read : is->n_posts;
	known->whole &= list->whole;
	summary->shown &= all;
	summary->lost |= list->lost;
	summary->held |= list->held;
	if (is->full_s != 0 && (known->full_s == 0 || is->full_s < known->full_s))
		known->full_s = is->full_s;
	if (all)
		return;
	summary->reading |= is->place != NULL;
	summary->waits |= !list->whole && is->n_lost >= LOST_MAX;
	summary->head_s = later(summary->head_s, list->low_s);
	known->back_s = later(known->back_s, is->place ? is->back_s : list->low_s);
}

static int say_how_far(const struct summary *summary, int64_t total, struct buf *out)
{
	int r = buf_add_number(out, summary->n_read);
	if (r == 0 && total >= summary->n_read) {
		r = buf_adds(out, " of ");
		if (r == 0)
			r = buf_add_number(out, total);
	}
	if (r == 0)
		r = buf_adds(out, summary->n_read == 1 && total < 1 ? " post read" : " posts read");
	return r == 0 ? add_day(out, ", back to ", summary->known.back_s) : r;
}

/* That all was read, now or before. */
static int say_whole(const struct summary *summary, int64_t total, struct buf *out)
{
	int r = add_day(out, "read back to ", summary->head_s);
	if (r == 0)
		r = add_day(out, ", the rest on ", summary->known.full_s);
	if (r == 0 && summary->reading)
		r = buf_adds(out, "; read anew so far: ");
	return r == 0 && summary->reading ? say_how_far(summary, total, out) : r;
}

static int say(const struct summary *summary, int64_t total, struct buf *out)
{
	static const char lost[] = "the place where the last scan stopped was not found again; ";
	static const char waits[] =
		"; the server keeps no place to go on from, so that older posts are tried again "
		"only when everything is read anew";
	int r = buf_addf(out, "history: %s", summary->lost ? lost : "");
	if (r == 0)
		r = summary->known.whole ? say_whole(summary, total, out)
					 : say_how_far(summary, total, out);
	if (r == 0)
		r = buf_addf(out, "%s%s%s", summary->held ? "; the server asks to wait" : "",
			summary->reading ? "; the next scan goes on" : "",
			summary->waits ? waits : "");
	return r;
}

int history_tell(struct history *history, const struct tally *tally, struct outcome *outcome)
{
	bool partly = tally->cut || tally_is_short(tally);
	struct summary summary = {.known = {.whole = true}, .shown = true};
	size_t count = 0;
	for (struct history_list *list = history->first; list; list = list->next)
		count++;
	struct shown *shown = arena_array(history->arena, count ? count : 1, sizeof *shown);
	if (!shown)
		return -ENOMEM;
	count = 0;
	for (struct history_list *list = history->first; list; list = list->next) {
		if (list->n_pages == 0 && !list->failed)
			continue;
		shown[count++] = show(list, partly);
		if (list->is.rules_digest && is_of_posts(list))
			sum_up(list, &summary);
	}
	outcome->shown = shown;
	outcome->n_shown = count;
	outcome->known = summary.known;
	if (summary.shown || history->options.once)
		return 0;
	struct buf sentence = BUF_INIT(SENTENCE_B);
	int r = say(&summary, outcome->total, &sentence);
	outcome->known.tell = r == 0 ? arena_strdup(history->arena, buf_str(&sentence)) : NULL;
	buf_release(&sentence);
	return outcome->known.tell ? 0 : -ENOMEM;
}
