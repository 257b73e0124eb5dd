#include "daemon/courier.h"

#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* An entry has some twenty fields, the longest a message around a URL. */
#define ENTRY_B (1u << 20)

/* How long courier_free() waits for an entry under way. */
#define PATIENCE_MS 500

/* ---- entries ---- */

static int add_field(struct entry *entry, const char *name, const char *value)
{
	size_t len = strlen(name) + 1 + strlen(value);
	char *text = arena_alloc(entry->arena, len + 1);
	struct iovec *fields =
		arena_grow(entry->arena, entry->fields, (size_t)entry->n_fields, sizeof *fields);
	if (!text || !fields)
		return -ENOMEM;
	(void)snprintf(text, len + 1, "%s=%s", name, value);
	entry->fields = fields;
	entry->fields[entry->n_fields++] = (struct iovec){.iov_base = text, .iov_len = len};
	return 0;
}

static int add_fields(struct entry *entry, json_t *object)
{
	const char *name;
	json_t *value;
	int r = json_object_size(object) > 0 ? 0 : -EBADMSG;
	json_object_foreach(object, name, value) {
		if (r == 0)
			r = json_is_string(value) ? add_field(entry, name, json_string_value(value))
						  : -EBADMSG;
	}
	return r;
}

int entry_new(const char *json, struct entry **ret)
{
	struct arena *arena = arena_new(ENTRY_B);
	struct entry *entry = arena ? arena_alloc(arena, sizeof *entry) : NULL;
	if (!entry) {
		arena_free(arena);
		return -ENOMEM;
	}
	entry->arena = arena;
	json_t *object = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	int r = object ? add_fields(entry, object) : -EBADMSG;
	json_decref(object);
	if (r == 0)
		*ret = entry;
	else
		entry_free(entry);
	return r;
}

struct entry *entry_free(struct entry *entry)
{
	if (entry)
		arena_free(entry->arena);
	return NULL;
}

/* The value of the field called @name; "" where there is none. */
static const char *field_of(const struct entry *entry, const char *name)
{
	size_t len = strlen(name);
	for (int i = 0; i < entry->n_fields; i++) {
		const char *text = entry->fields[i].iov_base; /* add_field() ended it with a NUL */
		if (strncmp(text, name, len) == 0 && text[len] == '=')
			return text + len + 1;
	}
	return "";
}

static int print_entry(const struct entry *entry)
{
	const char *priority = field_of(entry, "PRIORITY");
	int r = dprintf(STDERR_FILENO, "<%s>%s\n", priority, field_of(entry, "MESSAGE"));
	return r < 0 ? -errno : 0;
}

/* ---- the thread ---- */

struct courier {
	courier_send *send;
	int fd;
	pthread_t thread;
	pthread_mutex_t mutex; /* guards all that follows */
	pthread_cond_t changed;
	struct entry *entry; /* under way; NULL: none */
	bool done;           /* the last entry's result stands in r */
	int r;
	bool stop;
	bool ended;     /* the thread touches nothing any more */
	bool abandoned; /* nobody waits for the thread: it frees the courier */
};

static void courier_destroy(struct courier *courier)
{
	if (courier->fd >= 0)
		(void)close(courier->fd);              /* an eventfd: nothing is lost */
	(void)pthread_cond_destroy(&courier->changed); /* nobody waits on them: they can not fail */
	(void)pthread_mutex_destroy(&courier->mutex);
	entry_free(courier->entry);
	free(courier);
}

static void lock(struct courier *courier)
{
	(void)pthread_mutex_lock(&courier->mutex); /* fails only by our own mistake */
}

static void unlock(struct courier *courier)
{
	(void)pthread_mutex_unlock(&courier->mutex);
}

/* The next entry, or NULL when it is time to end. */
static const struct entry *next_entry(struct courier *courier)
{
	lock(courier);
	while (!courier->stop && (!courier->entry || courier->done))
		(void)pthread_cond_wait(&courier->changed, &courier->mutex);
	const struct entry *entry = courier->stop ? NULL : courier->entry;
	unlock(courier);
	return entry;
}

static void report(struct courier *courier, int r)
{
	lock(courier);
	courier->r = r;
	courier->done = true;
	unlock(courier);
	uint64_t one = 1;
	if (write(courier->fd, &one, sizeof one) < 0)
		return; /* only when the counter overflows, and then it is readable anyway */
}

static void *run(void *userdata)
{
	struct courier *courier = userdata;
	const struct entry *entry;
	while ((entry = next_entry(courier)) != NULL)
		report(courier, entry->to_stderr ? print_entry(entry)
						 : courier->send(entry->fields, entry->n_fields));
	lock(courier);
	courier->ended = true;
	bool abandoned = courier->abandoned;
	(void)pthread_cond_broadcast(&courier->changed);
	unlock(courier);
	if (abandoned)
		courier_destroy(courier);
	return NULL;
}

/* Signals are for the main thread: this one starts with all of them blocked. */
static int start_thread(struct courier *courier)
{
	sigset_t all;
	sigset_t before;
	(void)sigfillset(&all); /* can not fail */
	int r = -pthread_sigmask(SIG_SETMASK, &all, &before);
	if (r < 0)
		return r;
	r = -pthread_create(&courier->thread, NULL, run, courier);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL); /* it was the mask a moment ago */
	return r;
}

/* pthread_cond_timedwait() by a clock that nobody sets. */
static int init_condition(pthread_cond_t *condition)
{
	pthread_condattr_t monotonic;
	int r = -pthread_condattr_init(&monotonic);
	if (r == 0)
		r = -pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	if (r == 0)
		r = -pthread_cond_init(condition, &monotonic);
	(void)pthread_condattr_destroy(&monotonic); /* can not fail */
	return r;
}

int courier_new(courier_send *send, struct courier **ret)
{
	struct courier *courier = calloc(1, sizeof *courier);
	if (!courier)
		return -ENOMEM;
	courier->send = send;
	courier->fd = -1;
	int r = init_condition(&courier->changed);
	if (r == 0)
		r = -pthread_mutex_init(&courier->mutex, NULL);
	if (r < 0) {
		free(courier);
		return r;
	}
	courier->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	r = courier->fd < 0 ? -errno : start_thread(courier);
	if (r < 0) {
		courier_destroy(courier);
		return r;
	}
	*ret = courier;
	return 0;
}

/* True when the thread has ended within PATIENCE_MS. */
static bool wait_for_end(struct courier *courier)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_MONOTONIC, &until); /* can not fail with this clock */
	until.tv_nsec += PATIENCE_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	int r = 0;
	while (!courier->ended && r == 0)
		r = pthread_cond_timedwait(&courier->changed, &courier->mutex, &until);
	return courier->ended;
}

struct courier *courier_free(struct courier *courier)
{
	if (!courier)
		return NULL;
	lock(courier);
	courier->stop = true;
	(void)pthread_cond_broadcast(&courier->changed); /* can not fail */
	bool ended = wait_for_end(courier);
	courier->abandoned = !ended;
	/* Once it is unlocked an abandoned courier may be gone. */
	pthread_t thread = courier->thread;
	unlock(courier);
	if (ended) {
		(void)pthread_join(thread, NULL); /* it is about to return */
		courier_destroy(courier);
	} else {
		(void)pthread_detach(thread); /* ours, and not joined: can not fail */
	}
	return NULL;
}

int courier_fd(const struct courier *courier)
{
	return courier->fd;
}

void courier_give(struct courier *courier, struct entry *entry)
{
	lock(courier);
	courier->entry = entry;
	courier->done = false;
	(void)pthread_cond_broadcast(&courier->changed); /* can not fail */
	unlock(courier);
}

bool courier_done(struct courier *courier, int *ret_r)
{
	uint64_t count;
	ssize_t n = read(courier->fd, &count, sizeof count); /* makes it unreadable again */
	lock(courier);
	bool done = n > 0 && courier->done && courier->entry;
	if (done) {
		*ret_r = courier->r;
		courier->entry = entry_free(courier->entry);
	}
	unlock(courier);
	return done;
}
