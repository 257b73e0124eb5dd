/* The fields are made elsewhere: where they are sent from tells nobody anything. */
#define SD_JOURNAL_SUPPRESS_LOCATION

#include "daemon/alert_sender.h"

#include "daemon/base/log.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <time.h>

#define US_A_S 1000000

/* While the journal is away it is tried again after one second, two, four … and then each minute.
 */
#define FIRST_PAUSE_US   (1 * US_A_S)
#define LONGEST_PAUSE_US (60 * US_A_S)
/* alert_flush() waits for somebody: it tries more often. */
#define FLUSH_PAUSE_MS 100

/* An entry that is not taken in this time means that the journal hangs. */
#define SLOW_US (5 * US_A_S)

/* One alert, as it is read from the store. */
#define ALERT_B (1u << 20)

enum {
	SENDER_E_EMPTY = 1, /* nothing is queued */
	SENDER_E_AWAY,      /* the journal can not be reached */
};

struct alert_sender {
	struct store *store;
	enum alert_route route;
	const struct alert_target *target;
	struct courier *courier;
	sd_event_source *kick;  /* one turn of the loop from now */
	sd_event_source *taken; /* the courier is back */
	sd_event_source *timer; /* the pause is over, or the courier is slow */
	int64_t number;         /* the alert that the courier carries, or has delivered; 0: none */
	bool under_way;         /* the courier has it */
	bool to_journal;        /* it went there */
	uint64_t pause_us;      /* the last one; 0: all is well */
	bool away;              /* that the journal is away was told */
};

/* ---- what is told of the journal ---- */

static void tell_away(struct alert_sender *sender, int r)
{
	if (!sender->away)
		log_warn(r, "cannot reach the journal, alerts wait in the store");
	sender->away = true;
}

static void tell_back(struct alert_sender *sender)
{
	if (sender->away)
		log_notice("the journal takes alerts again");
	sender->away = false;
	sender->pause_us = 0;
}

/* ---- one alert ---- */

static bool journal_is_there(const struct alert_sender *sender)
{
	struct stat st;
	return stat(sender->target->socket, &st) == 0 && S_ISSOCK(st.st_mode);
}

static bool goes_to_journal(const struct alert_sender *sender)
{
	return sender->route == ALERT_ROUTE_JOURNAL ||
	       (sender->route == ALERT_ROUTE_AUTO && journal_is_there(sender));
}

/* What can not be read was not written by us: it is told and dropped, for it would stop all others.
 */
static int drop(struct alert_sender *sender, int64_t number)
{
	log_err(0, "alert %" PRId64 " in the store cannot be read, dropping it", number);
	return store_alert_sent(sender->store, number);
}

static int give(struct alert_sender *sender, const struct queued_alert *alert)
{
	struct entry *entry;
	int r = entry_new(alert->fields, &entry);
	if (r == -EBADMSG)
		return drop(sender, alert->number);
	if (r < 0)
		return r;
	entry->to_stderr = !sender->to_journal;
	sender->number = alert->number;
	sender->under_way = true;
	courier_give(sender->courier, entry);
	return 0;
}

/* The next alert in the queue goes to the courier. */
static int give_next(struct alert_sender *sender)
{
	struct arena *arena = arena_new(ALERT_B);
	if (!arena)
		return -ENOMEM;
	struct queued_alert alert;
	int r = store_next_alert(sender->store, arena, &alert);
	if (r == STORE_E_NONE) {
		r = SENDER_E_EMPTY;
	} else if (r == 0) {
		sender->to_journal = goes_to_journal(sender);
		r = sender->to_journal && !journal_is_there(sender) ? SENDER_E_AWAY
								    : give(sender, &alert);
	}
	arena_free(arena);
	return r;
}

/* Forget what was taken, then go on with the next.  0: the courier is under way. */
static int step(struct alert_sender *sender)
{
	int r = 0;
	while (r == 0 && !sender->under_way) {
		if (sender->number != 0)
			r = store_alert_sent(sender->store, sender->number);
		if (r == 0) {
			sender->number = 0;
			r = give_next(sender);
		}
	}
	return r;
}

/* The courier may be back: 0 when it is, and the journal has the entry; SENDER_E_EMPTY: not yet. */
static int collect(struct alert_sender *sender)
{
	int r;
	if (!courier_done(sender->courier, &r))
		return SENDER_E_EMPTY;
	sender->under_way = false;
	/* sd_journal_sendv() says 0 too when it found no socket. */
	if (r >= 0 && sender->to_journal && !journal_is_there(sender))
		r = -ENOENT;
	if (r < 0) {
		sender->number = 0; /* it stays in the queue */
		tell_away(sender, r);
		return SENDER_E_AWAY;
	}
	tell_back(sender);
	return 0;
}

/* ---- in the event loop ---- */

static int arm(struct alert_sender *sender, uint64_t us)
{
	int r = sd_event_source_set_time_relative(sender->timer, us);
	return r < 0 ? r : sd_event_source_set_enabled(sender->timer, SD_EVENT_ONESHOT);
}

static int pause_sending(struct alert_sender *sender)
{
	uint64_t longer = sender->pause_us * 2;
	sender->pause_us = longer == 0 ? sender->target->pause_us : longer;
	if (sender->pause_us > LONGEST_PAUSE_US)
		sender->pause_us = LONGEST_PAUSE_US;
	return arm(sender, sender->pause_us);
}

/* Send what there is.  A store that fails is tried again like a journal that is away. */
static int go_on(struct alert_sender *sender)
{
	int r = step(sender);
	switch (r) {
	case 0:
		return arm(sender, SLOW_US);
	case SENDER_E_EMPTY:
		sender->pause_us = 0;
		return sd_event_source_set_enabled(sender->timer, SD_EVENT_OFF);
	case SENDER_E_AWAY:
		tell_away(sender, 0);
		return pause_sending(sender);
	default:
		if (sender->pause_us == 0)
			log_err(r, "cannot take alerts from the store, trying again");
		return pause_sending(sender);
	}
}

static int on_kick(sd_event_source *source, void *userdata)
{
	(void)source;
	struct alert_sender *sender = userdata;
	return sender->under_way || sender->pause_us > 0 ? 0 : go_on(sender);
}

static int on_taken(sd_event_source *source, int fd, uint32_t revents, void *userdata)
{
	(void)source;
	(void)fd;
	(void)revents;
	struct alert_sender *sender = userdata;
	int r = collect(sender);
	if (r == SENDER_E_AWAY)
		return pause_sending(sender);
	return r == 0 ? go_on(sender) : 0;
}

static int on_timer(sd_event_source *source, uint64_t us, void *userdata)
{
	(void)source;
	(void)us;
	struct alert_sender *sender = userdata;
	if (!sender->under_way)
		return go_on(sender);
	tell_away(
		sender, -ETIMEDOUT); /* it hangs; the courier waits, and comes back when it does */
	return 0;
}

void alert_kick(struct alert_sender *sender)
{
	/* With a source of our own that can not fail. */
	(void)sd_event_source_set_enabled(sender->kick, SD_EVENT_ONESHOT);
}

/* ---- start and end ---- */

static int add_sources(struct alert_sender *sender, sd_event *event)
{
	int r = sd_event_add_defer(event, &sender->kick, on_kick, sender);
	if (r >= 0)
		r = sd_event_source_set_enabled(sender->kick, SD_EVENT_OFF);
	if (r >= 0)
		r = sd_event_add_io(event, &sender->taken, courier_fd(sender->courier), POLLIN,
			on_taken, sender);
	if (r >= 0)
		r = sd_event_add_time_relative(
			event, &sender->timer, CLOCK_MONOTONIC, 0, US_A_S / 10, on_timer, sender);
	if (r >= 0)
		r = sd_event_source_set_enabled(sender->timer, SD_EVENT_OFF);
	return r;
}

int alert_sender_new_for(sd_event *event, struct store *store, enum alert_route route,
	const struct alert_target *target, struct alert_sender **ret)
{
	struct alert_sender *sender = calloc(1, sizeof *sender);
	if (!sender)
		return -ENOMEM;
	sender->store = store;
	sender->route = route;
	sender->target = target;
	int r = courier_new(target->send, &sender->courier);
	if (r == 0)
		r = add_sources(sender, event);
	if (r < 0) {
		alert_sender_free(sender);
		return r;
	}
	*ret = sender;
	return 0;
}

int alert_sender_new(
	sd_event *event, struct store *store, enum alert_route route, struct alert_sender **ret)
{
	static const struct alert_target journal = {
		"/run/systemd/journal/socket", sd_journal_sendv, FIRST_PAUSE_US};
	return alert_sender_new_for(event, store, route, &journal, ret);
}

struct alert_sender *alert_sender_free(struct alert_sender *sender)
{
	if (!sender)
		return NULL;
	sd_event_source_disable_unref(sender->kick);
	sd_event_source_disable_unref(sender->taken);
	sd_event_source_disable_unref(sender->timer);
	courier_free(sender->courier);
	free(sender);
	return NULL;
}

/* ---- before the end of the process ---- */

static int64_t now_ms(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_MONOTONIC, &now); /* can not fail with this clock */
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Until the courier is back, or @ms are over. */
static int wait_for_courier(const struct alert_sender *sender, int64_t ms)
{
	struct pollfd fd = {
		.fd = sender->under_way ? courier_fd(sender->courier) : -1, .events = POLLIN};
	int r = poll(&fd, 1, ms > INT32_MAX ? INT32_MAX : (int)ms);
	return r < 0 && errno != EINTR ? -errno : 0;
}

int alert_flush(struct alert_sender *sender, int64_t timeout_ms)
{
	int64_t deadline_ms = now_ms() + timeout_ms;
	for (;;) {
		int r = sender->under_way ? collect(sender) : 0;
		if (r == 0)
			r = step(sender);
		if (r < 0)
			return r;
		if (r == SENDER_E_EMPTY && !sender->under_way)
			return 0;
		int64_t left_ms = deadline_ms - now_ms();
		if (left_ms <= 0)
			return -ETIMEDOUT;
		if (!sender->under_way && left_ms > FLUSH_PAUSE_MS)
			left_ms = FLUSH_PAUSE_MS;
		r = wait_for_courier(sender, left_ms);
		if (r < 0)
			return r;
	}
}
