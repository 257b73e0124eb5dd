#include "daemon/events.h"

#include "daemon/base/buf.h"
#include "daemon/base/limits.h"
#include "daemon/base/text.h"
#include "patterns/cover.h"

#include <time.h>

int sink_emit(const struct sink *sink, json_t *event)
{
	if (!event)
		return -ENOMEM;
	if (sink && sink->emit)
		sink->emit(event, sink->userdata);
	json_decref(event);
	return 0;
}

json_t *time_json(int64_t s)
{
	time_t time = (time_t)s;
	struct tm utc;
	char text[sizeof "-2147481748-12-31T23:59:59Z"];
	if (s == 0 || !gmtime_r(&time, &utc) ||
		strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc) == 0)
		return json_null();
	return json_string(text);
}

static json_t *count_json(int64_t count)
{
	return count < 0 ? json_null() : json_integer(count);
}

/* Scores carry no more than two digits that mean anything. */
static json_t *score_json(double score)
{
	return json_real((double)(int64_t)(score * 100 + 0.5) / 100);
}

static json_t *links_json(const struct post *post)
{
	json_t *links = json_array();
	for (size_t i = 0; i < post->n_links; i++) /* short of memory: fewer */
		(void)json_array_append_new(links, json_string(post->links[i].url));
	return links;
}

json_t *event_post(const char *profile, const struct post *post, const struct score *score)
{
	return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:o, s:o, s:s%, s:s%, s:s?, s:o, "
			 "s:o, s:s, s:b, s:s?}",
		"type", "post", "profile", profile, "id", post->id, "url", post->url, "kind",
		kind_name(post->kind), "author", post->author, "lang", post->lang, "published",
		time_json(post->published_s), "updated", time_json(post->updated_s), "title",
		post->text, post->title_len, "text", post->text, post->len, "others", post->others,
		"links", links_json(post), "score", score_json(score->score), "severity",
		severity_name(score->severity), "unscored", score->unscored, "unscored_why",
		score->unscored ? score->unscored_why : NULL);
}

json_t *event_finding(const struct finding *finding, const char *title)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:o, s:o, s:s, s:s?, s:s, s:o, s:s?, "
		"s:[I,I], s:s?, s:s?, s:s?, s:o, s:o}",
		"type", "finding", "id", finding->id, "state", finding_state_name(finding->state),
		"rule", finding->rule, "title", title, "class", class_name(finding->class),
		"category", finding->category, "severity", severity_name(finding->severity),
		"score", score_json(finding->score), "confidence", score_json(finding->confidence),
		"profile", finding->profile, "url", finding->url, "kind", kind_name(finding->kind),
		"published", time_json(finding->published_s), "excerpt", finding->excerpt, "mark",
		(json_int_t)finding->mark_start, (json_int_t)finding->mark_end, "why", finding->why,
		"advice", finding->advice, "reasons", finding->reasons, "opened",
		time_json(finding->opened_s), "seen", time_json(finding->seen_s));
}

static json_t *facts_json(const struct facts *facts)
{
	if (!facts)
		return json_null();
	json_t *links = json_array();
	for (size_t i = 0; i < facts->n_links; i++) /* short of memory: fewer */
		(void)json_array_append_new(links, json_string(facts->links[i]));
	return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:s?, s:o, s:o, s:o, s:o, s:o, s:o}",
		"name", facts->name, "handle", facts->handle, "headline", facts->headline, "bio",
		facts->bio, "location", facts->location, "photo", facts->photo_url, "moved_to",
		facts->moved_to, "links", links, "created", time_json(facts->created_s),
		"last_active", time_json(facts->last_active_s), "posts", count_json(facts->n_posts),
		"followers", count_json(facts->n_followers), "following",
		count_json(facts->n_following));
}

static json_t *history_json(const struct known *known)
{
	if (!known->tell)
		return json_null();
	return json_pack("{s:b, s:I, s:o, s:o, s:s}", "whole", known->whole, "posts",
		(json_int_t)known->n_posts, "oldest", time_json(known->back_s), "read",
		time_json(known->full_s), "told", known->tell);
}

json_t *event_profile(const struct profile_result *result)
{
	const struct outcome *outcome = &result->outcome;
	json_t *coverage = json_pack("{s:i, s:I, s:o, s:o, s:I, s:i, s:s?, s:o}", "pages",
		(int)result->n_pages, "posts", (json_int_t)outcome->n_posts, "total",
		count_json(outcome->total), "oldest", time_json(outcome->oldest_s), "interactions",
		(json_int_t)outcome->n_interactions, "unscored", (int)result->n_unscored, "lack",
		outcome->lack, "history", history_json(&outcome->known));
	return json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s, s:b, s:b, s:o, s:o, s:i, s:i, s:i, s:i}",
		"type", "profile", "url", result->url, "source", result->source, "source_why",
		result->source_why, "verdict", verdict_name(outcome->verdict), "why",
		outcome->why ? outcome->why : verdict_meaning(outcome->verdict), "verified",
		verdict_proves(outcome->verdict), "unchanged", result->unchanged, "coverage",
		coverage, "facts", facts_json(result->facts), "opened", (int)result->counts.opened,
		"reopened", (int)result->counts.reopened, "resolved", (int)result->counts.resolved,
		"standing", (int)result->counts.standing);
}

json_t *event_scan(const struct scan_result *result)
{
	json_t *lights = json_object();
	for (int i = 0; i < CLASS_COUNT; i++)
		(void)json_object_set_new(lights, class_name((enum finding_class)i),
			json_string(severity_name(result->lights[i])));
	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "type",
		"scan", "id", result->scan, "profiles", (int)result->n_profiles, "verified",
		(int)result->n_verified, "unverified",
		(int)(result->n_profiles - result->n_verified), "posts", (int)result->n_posts,
		"opened", (int)result->counts.opened, "reopened", (int)result->counts.reopened,
		"resolved", (int)result->counts.resolved, "standing", (int)result->counts.standing,
		"rating", score_json(result->rating), "classes", lights);
}

static json_t *hit_json(
	const struct hit *hit, const struct post *draft, const struct ruleset *ruleset)
{
	const struct rule_card *card = ruleset_card(ruleset, hit->rule);
	struct buf excerpt = BUF_INIT(LIMIT_EXCERPT_B * 8);
	json_t *json = NULL;
	struct excerpt shown = {hit->start, hit->end, LIMIT_EXCERPT_B};
	if (text_excerpt(&excerpt, draft->text, draft->len, &shown) == 0)
		json = json_pack(
			"{s:s, s:s?, s:s, s:s, s:s, s:o, s:o, s:I, s:I, s:s, s:s?, s:s?, s:s?}",
			"rule", card->id, "title", card->title, "class", class_name(card->class),
			"category", card->category, "severity", severity_name(hit->severity),
			"confidence", score_json(hit->confidence), "score", score_json(hit->score),
			"start", (json_int_t)hit->start, "end", (json_int_t)hit->end, "excerpt",
			buf_str(&excerpt), "why", card->why, "advice", card->advice, "reasons",
			hit->reasons);
	buf_release(&excerpt);
	return json;
}

json_t *event_verdict(const json_t *id, const struct post *draft, const struct score *score,
	const struct ruleset *ruleset)
{
	json_t *findings = json_array();
	for (size_t i = 0; i < score->n_hits; i++) {
		if (hit_is_covered(ruleset, score, i))
			continue;
		/* A finding that is left out would read as a clean draft: all or nothing. */
		json_t *finding = hit_json(&score->hits[i], draft, ruleset);
		if (json_array_append_new(findings, finding) < 0) {
			json_decref(findings);
			return NULL;
		}
	}
	return json_pack("{s:s, s:O, s:o, s:s, s:b, s:s?, s:o}", "type", "verdict", "id",
		id ? id : json_null(), "score", score_json(score->score), "severity",
		severity_name(score->severity), "unscored", score->unscored, "unscored_why",
		score->unscored ? score->unscored_why : NULL, "findings", findings);
}
