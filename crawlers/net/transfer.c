#include "crawlers/net/transfer.h"

#include "crawlers/net/redirect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is asked for and the URLs of all its hops, each taken apart. */
#define TRANSFER_ARENA_B (64ul * LIMIT_URL_B)

/* ---- the request ---- */

static int parse(struct arena *arena, const char *text, struct url *ret)
{
	int r = url_parse(arena, text, ret);
	return r > 0 ? -EINVAL : r;
}

/* What can not be sent is as good as not known. */
static int copy_validator(struct arena *arena, const char *value, const char **ret)
{
	*ret = NULL;
	if (!value || !headers_may_send(value))
		return 0;
	*ret = arena_strdup(arena, value);
	return *ret ? 0 : -ENOMEM;
}

static int copy_request(struct transfer *transfer, const struct fetch_request *request)
{
	struct arena *arena = transfer->arena;
	struct fetch_request *copy = &transfer->request;
	struct url trusted = {0};
	int r = parse(arena, request->url, &transfer->url);
	if (r == 0 && request->trusted_origin)
		r = parse(arena, request->trusted_origin, &trusted);
	if (r < 0)
		return r;
	*copy = *request;
	copy->url = transfer->url.whole;
	copy->trusted_origin = trusted.origin;
	if (copy->max_b == 0 || copy->max_b > LIMIT_PAGE_B)
		copy->max_b = LIMIT_PAGE_B;
	copy->json = arena_strdup(arena, request->json);
	if (request->json && !copy->json)
		return -ENOMEM;
	r = copy_validator(arena, request->etag, &copy->etag);
	if (r == 0)
		r = copy_validator(arena, request->last_modified, &copy->last_modified);
	return r;
}

int transfer_new(const struct fetch_request *request, struct transfer **ret)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);
	if (!transfer)
		return -ENOMEM;
	transfer->arena = arena_new(TRANSFER_ARENA_B);
	int r = transfer->arena ? copy_request(transfer, request) : -ENOMEM;
	if (r < 0) {
		transfer_free(transfer);
		return r;
	}
	transfer->moved_for_good = true;
	transfer->posting = request->json != NULL;
	transfer->hops[transfer->n_hops++] = transfer->url.whole;
	*ret = transfer;
	return 0;
}

void transfer_free(struct transfer *transfer)
{
	if (!transfer)
		return;
	exchange_release(&transfer->exchange);
	arena_free(transfer->arena);
	free(transfer);
}

static bool may_be_private(const struct transfer *transfer)
{
	const char *trusted = transfer->request.trusted_origin;
	return trusted && strcmp(trusted, transfer->url.origin) == 0;
}

/* The token for this hop; NULL: none.  A POST never has one: what is done in the person's name is
 * reading. */
static const struct token *token_for(const struct transfer *transfer, const struct tokens *tokens)
{
	const struct token_need need = {
		.url = &transfer->url,
		.source = transfer->request.source,
		.profile = transfer->request.trusted_origin,
	};
	return transfer->strayed || transfer->request.json ? NULL : tokens_for(tokens, &need);
}

int transfer_prepare(struct transfer *transfer, CURL *easy, const struct transfer_options *options)
{
	const struct fetch_request *request = &transfer->request;
	/* RFC 9110 §13.1: to a POST "not modified" would say nothing. */
	transfer->conditional = transfer->n_hops == 1 && !request->json &&
				(request->etag || request->last_modified);
	const struct exchange_options exchange = {
		.url = transfer->url.whole,
		.accept = request->accept,
		.json = transfer->posting ? request->json : NULL,
		.etag = transfer->conditional ? request->etag : NULL,
		.last_modified = transfer->conditional ? request->last_modified : NULL,
		.token = token_for(transfer, options->tokens),
		.user_agent = options->user_agent,
		.ca_file = options->ca_file,
		.private_allowed = may_be_private(transfer),
		.max_b = request->max_b,
		.connect_ms = options->connect_ms,
		.transfer_ms = options->transfer_ms,
		.now_s = options->now_s,
	};
	return exchange_init(&transfer->exchange, easy, &exchange);
}

/* ---- the answer ---- */

void transfer_end(struct transfer *transfer, enum verdict verdict, const char *error)
{
	struct fetch_result *result = &transfer->result;
	result->verdict = verdict;
	result->error = error;
	result->final_url = transfer->url.whole;
	result->moved_for_good = transfer->n_hops > 1 && transfer->moved_for_good;
}

static bool end(struct transfer *transfer, enum verdict verdict, const char *error)
{
	transfer_end(transfer, verdict, error);
	return true;
}

static void fill_result(struct transfer *transfer, int status)
{
	const struct headers *headers = &transfer->exchange.headers;
	const struct buf *body = &transfer->exchange.body.bytes;
	bool direct = transfer->n_hops == 1 && !transfer->request.json;
	bool whole = transfer->exchange.whole;
	struct fetch_result *result = &transfer->result;
	*result = (struct fetch_result){
		.status = status,
		.authorised = transfer->exchange.token != NULL,
	};
	if (transfer->exchange.end == EXCHANGE_ECHO)
		return; /* nothing of it is kept */
	result->etag = direct ? headers->etag : NULL;
	result->last_modified = direct ? headers->last_modified : NULL;
	result->content_type = headers->content_type;
	result->link = headers->link;
	result->body = whole ? buf_str(body) : NULL;
	result->body_len = whole ? body->len : 0;
}

/* Only what the host did wrong makes us keep away from it, not what we refused. */
static bool is_hosts_fault(const struct exchange *exchange)
{
	return !exchange->whole &&
	       (exchange->end == EXCHANGE_GOES_ON || exchange->end == EXCHANGE_BAD_LENGTH ||
		       exchange->end == EXCHANGE_CORRUPT || exchange->end == EXCHANGE_CUT);
}

static bool is_broken(int status)
{
	return status >= 500 && status <= 599;
}

struct transfer_report transfer_answered(struct transfer *transfer, CURLcode code, int64_t now_s)
{
	struct exchange *exchange = &transfer->exchange;
	exchange_finish(exchange, code);
	int status = exchange_status(exchange);
	const struct rate *rate = &exchange->headers.rate;
	int64_t retry_at_s = rate_retry_at_s(rate, status, now_s);
	bool turned_away = rate_is_limited(rate, status) && retry_at_s == 0;
	fill_result(transfer, status);
	transfer->result.retry_at_s = retry_at_s;
	bool failed = is_broken(status) || turned_away || is_hosts_fault(exchange);
	bool one_route = transfer->request.side && is_broken(status) && retry_at_s == 0;
	enum pace_end good = transfer->request.robots ? PACE_ROBOTS : PACE_GOOD;
	enum pace_end bad = one_route ? PACE_STUMBLED : PACE_FAILED;
	return (struct transfer_report){
		.end = failed ? bad : good,
		.retry_at_s = retry_at_s,
	};
}

/* ---- redirects ---- */

static bool was_there(const struct transfer *transfer, const char *whole)
{
	for (size_t i = 0; i < transfer->n_hops; i++) {
		if (strcmp(transfer->hops[i], whole) == 0)
			return true;
	}
	return false;
}

/* The next hop: to be queued like any request, for its host may be another. */
static bool go_to(struct transfer *transfer, const struct url *target)
{
	transfer->strayed |= !url_same_origin(&transfer->url, target);
	transfer->url = *target;
	transfer->hops[transfer->n_hops++] = target->whole;
	exchange_release(&transfer->exchange);
	transfer->result = (struct fetch_result){0};
	return false;
}

static bool go_if_robots_allow(
	struct transfer *transfer, const struct url *target, struct pace *pace)
{
	enum robots_answer answer = ROBOTS_ALLOWED;
	if (transfer->request.obey_robots)
		answer = pace_robots(pace, target);
	if (answer == ROBOTS_ALLOWED)
		return go_to(transfer, target);
	transfer->result.robots_unknown = answer == ROBOTS_UNKNOWN;
	return end(transfer, VERDICT_ROBOTS_DENIED,
		answer == ROBOTS_DENIED ? "redirect to where robots.txt lets nobody in"
					: "redirect to a site whose robots.txt was not read yet");
}

/* RFC 9110 §15.4: 307 and 308 repeat a POST, 303 asks for its result with a GET.  To the others
 * clients do this or that, and what is in a body is for the origin that it was written for.
 * NULL: fine; *@ret_posting is written. */
static const char *may_take_body(
	const struct transfer *transfer, const struct url *target, bool *ret_posting)
{
	int status = transfer->result.status;
	*ret_posting = transfer->posting && status != 303;
	if (!transfer->posting)
		return NULL;
	if (!url_same_origin(&transfer->url, target))
		return "redirect of a request with a body to another site refused";
	if (status == 301 || status == 302)
		return "redirect of a request with a body that does not say how to repeat it";
	return NULL;
}

static const char *const refusals[] = {
	[REDIRECT_E_BAD] = "redirect to what is no web address",
	[REDIRECT_E_OPEN] = "redirect from https to http refused",
	[REDIRECT_E_LOGIN] = "redirect to a log-in page",
};

static bool follow(struct transfer *transfer, struct pace *pace)
{
	const char *location = transfer->exchange.headers.location;
	int status = transfer->result.status;
	struct url target;
	if (!location)
		return end(transfer, VERDICT_NETWORK_ERROR, "redirect without a target");
	transfer->moved_for_good &= status == 301 || status == 308;
	transfer->result.location = location;
	int r = redirect_target(
		transfer->arena, transfer->walls, &transfer->url, location, &target);
	if (r < 0)
		return end(transfer, VERDICT_NETWORK_ERROR, "out of memory");
	if (r == 0 || r == REDIRECT_E_LOGIN)
		transfer->result.location = target.whole;
	if (r > 0)
		return end(transfer,
			r == REDIRECT_E_LOGIN ? VERDICT_LOGIN_WALL : VERDICT_NETWORK_ERROR,
			refusals[r]);
	if (was_there(transfer, target.whole))
		return end(transfer, VERDICT_NETWORK_ERROR, "redirects in a circle");
	if (transfer->n_hops > LIMIT_REDIRECTS)
		return end(transfer, VERDICT_NETWORK_ERROR, "too many redirects");
	bool posting;
	const char *refusal = may_take_body(transfer, &target, &posting);
	if (refusal)
		return end(transfer, VERDICT_NETWORK_ERROR, refusal);
	transfer->posting = posting;
	return go_if_robots_allow(transfer, &target, pace);
}

/* ---- the verdict ---- */

static bool judge_failure(struct transfer *transfer)
{
	enum exchange_end why = transfer->exchange.end;
	bool big = why == EXCHANGE_BODY_BIG || why == EXCHANGE_HEADERS_BIG;
	return end(transfer, big ? VERDICT_TOO_BIG : VERDICT_NETWORK_ERROR,
		exchange_error(&transfer->exchange));
}

/* Going on without the token would show a stranger's view as if it were the whole. */
static bool judge_refusal(struct transfer *transfer)
{
	struct buf name = BUF_INIT(LIMIT_URL_B);
	int r = token_name(transfer->exchange.token, &name);
	(void)snprintf(transfer->sentence, sizeof transfer->sentence,
		"the token for %s was refused: it is wrong, has ended, or was taken back",
		r == 0 ? buf_str(&name) : "it");
	buf_release(&name);
	return end(transfer, VERDICT_AUTH_REQUIRED, transfer->sentence);
}

bool transfer_judge(struct transfer *transfer, struct pace *pace)
{
	int status = transfer->result.status;
	bool limited = rate_is_limited(&transfer->exchange.headers.rate, status);
	if (limited || is_broken(status)) {
		/* With the back-off, where that is longer than what was told. */
		transfer->result.retry_at_s = pace_retry_at_s(pace, transfer->url.origin);
		return end(transfer, limited ? VERDICT_RATE_LIMITED : VERDICT_SERVER_ERROR, NULL);
	}
	if (!transfer->exchange.whole)
		return judge_failure(transfer);
	if (status == 401 && transfer->exchange.token)
		return judge_refusal(transfer);
	if (redirect_is_one(status))
		return follow(transfer, pace);
	if (status == 206)
		return end(transfer, VERDICT_NETWORK_ERROR,
			"a part was sent where the whole was asked for");
	if (status != 304)
		return end(transfer, VERDICT_OK, NULL);
	if (transfer->conditional)
		return end(transfer, VERDICT_UNCHANGED, NULL);
	return end(
		transfer, VERDICT_NETWORK_ERROR, "\"not modified\" where nothing was known before");
}
