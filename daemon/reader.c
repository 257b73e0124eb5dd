#include "daemon/reader.h"

#include "daemon/base/limits.h"
#include "daemon/base/log.h"
#include "daemon/worker.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <unistd.h>

/* More readers than this are no faster: they are fed by one process. */
#define PROCESSES_MAX 64
/* A page is given up when it took this many readers with it. */
#define DEATHS_MAX 2

struct read_job {
	TAILQ_ENTRY(read_job) entry; /* in the queue, while no worker has it */
	struct reader *reader;
	struct arena *arena; /* of the page's strings */
	struct page page;
	int body_fd;
	unsigned deaths;
	bool asked;         /* a worker has it */
	reading_done *done; /* NULL: cancelled */
	void *userdata;
};

struct slot {
	struct reader *reader;
	struct worker *worker; /* NULL: free */
	bool started;          /* it has said hello */
	struct read_job *job;
};

struct reader {
	sd_event *event;
	struct reader_options options;
	sd_event_source *on_work;
	TAILQ_HEAD(queue, read_job) queue;
	size_t n_jobs; /* queued and asked */
	uint64_t next_number;
	bool outdated;
	bool told_landlock;
	bool told_problems;
	size_t n_slots;
	struct slot slots[];
};

bool reader_outdated(const struct reader *reader)
{
	return reader->outdated;
}

/* ---- one page ---- */

static struct read_job *job_free(struct read_job *job)
{
	if (!job)
		return NULL;
	if (job->body_fd >= 0)
		(void)close(job->body_fd);
	arena_free(job->arena);
	free(job);
	return NULL;
}

/* The end of a page that is in no queue and with no worker. */
static void job_end(
	struct read_job *job, const struct reading *reading, const char *why, bool poison)
{
	job->reader->n_jobs--;
	if (job->done)
		job->done(reading, why, poison, job->userdata);
	job_free(job);
}

static int copy_string(struct arena *arena, const char **string)
{
	if (!*string)
		return 0;
	size_t len = strlen(*string);
	if (len > LIMIT_URL_B)
		return -EMSGSIZE;
	*string = arena_copy(arena, *string, len);
	return *string ? 0 : -ENOMEM;
}

static int copy_strings(struct read_job *job, const struct page *page)
{
	job->page = *page;
	job->page.body = NULL;
	const char **const strings[] = {&job->page.url, &job->page.final_url, &job->page.profile,
		&job->page.source, &job->page.subject, &job->page.content_type, &job->page.link,
		&job->page.location};
	int r = 0;
	for (size_t i = 0; r == 0 && i < sizeof strings / sizeof strings[0]; i++)
		r = copy_string(job->arena, strings[i]);
	return r;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t written = write(fd, bytes, len);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -errno;
		bytes += written;
		len -= (size_t)written;
	}
	return 0;
}

/* Sealed: neither side can change what the other maps, nor cut it short under its feet. */
static int copy_body(struct read_job *job, const struct page *page)
{
	if (page->body_len > LIMIT_PAGE_B)
		return -EMSGSIZE;
	job->body_fd = memfd_create("dirtwatch page", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (job->body_fd < 0)
		return -errno;
	int r = write_all(job->body_fd, page->body, page->body_len);
	const int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
	if (r == 0 && fcntl(job->body_fd, F_ADD_SEALS, seals) < 0)
		r = -errno;
	return r;
}

static int job_new(struct reader *reader, const struct page *page, struct read_job **ret)
{
	struct read_job *job = calloc(1, sizeof *job);
	if (!job)
		return -ENOMEM;
	job->reader = reader;
	job->body_fd = -1;
	job->arena = arena_new(LIMIT_URL_B * 16); /* eight strings, their NULs and padding */
	int r = job->arena ? copy_strings(job, page) : -ENOMEM;
	if (r == 0)
		r = copy_body(job, page);
	if (r < 0) {
		job_free(job);
		return r;
	}
	*ret = job;
	return 0;
}

static struct read_job *queue_pop(struct reader *reader)
{
	struct read_job *job = TAILQ_FIRST(&reader->queue);
	if (job)
		TAILQ_REMOVE(&reader->queue, job, entry);
	return job;
}

static void queue_push(struct reader *reader, struct read_job *job, bool first)
{
	job->asked = false;
	if (first)
		TAILQ_INSERT_HEAD(&reader->queue, job, entry);
	else
		TAILQ_INSERT_TAIL(&reader->queue, job, entry);
}

/* ---- who reads it ---- */

static void work_later(struct reader *reader)
{
	/* Setting a source that exists can not fail. */
	(void)sd_event_source_set_enabled(reader->on_work, SD_EVENT_ONESHOT);
}

/* The worker is gone, and the page it had, if any, is tried once more. */
static void lose(struct slot *slot, const char *why)
{
	struct reader *reader = slot->reader;
	struct read_job *job = slot->job;
	slot->job = NULL;
	if (!slot->started) /* costs one page, so that starting can not go on for ever */
		job = queue_pop(reader);
	else if (job && job->done && ++job->deaths < DEATHS_MAX) {
		queue_push(reader, job, true);
		return;
	}
	if (job)
		job_end(job, NULL, why, job->deaths >= DEATHS_MAX);
}

static void on_ready(struct slot *slot)
{
	struct reader *reader = slot->reader;
	slot->started = true;
	const char *problems = worker_problems(slot->worker);
	if (problems && !reader->told_problems) {
		reader->told_problems = true;
		(void)fputs(problems, stderr); /* where main's own stand, and in the same form */
	}
	if (worker_landlock(slot->worker) == 0 && !reader->told_landlock) {
		reader->told_landlock = true;
		log_warn(0, "this kernel has no Landlock: readers are kept in by seccomp alone");
	}
}

static void on_news(struct worker *worker, enum worker_news news, const struct reading *reading,
	const char *why, void *userdata)
{
	struct slot *slot = userdata;
	struct reader *reader = slot->reader;
	struct read_job *job = slot->job;
	switch (news) {
	case WORKER_NEWS_READY:
		on_ready(slot);
		break;
	case WORKER_NEWS_READING:
	case WORKER_NEWS_UNREAD:
		slot->job = NULL;
		job_end(job, reading, why, false);
		break;
	case WORKER_NEWS_OUTDATED:
		reader->outdated = true;
		/* fallthrough */
	case WORKER_NEWS_LOST:
		lose(slot, why);
		slot->worker = worker_free(worker);
		break;
	}
	work_later(reader);
}

static int start_worker(struct slot *slot)
{
	const struct worker_options options = {
		.event = slot->reader->event,
		.reader = &slot->reader->options,
		.callback = on_news,
		.userdata = slot,
	};
	slot->started = false;
	return worker_new(&options, &slot->worker);
}

static bool is_in(const struct slot *slot, enum worker_state state)
{
	return slot->worker && worker_state(slot->worker) == state;
}

/* ---- handing out ---- */

/* Idle workers take what is queued. */
static void hand_out(struct reader *reader)
{
	for (size_t i = 0; i < reader->n_slots; i++) {
		struct slot *slot = &reader->slots[i];
		struct read_job *job = TAILQ_FIRST(&reader->queue);
		if (!job)
			return;
		if (!is_in(slot, WORKER_IDLE))
			continue;
		(void)queue_pop(reader);
		job->asked = true;
		slot->job = job;
		worker_ask(slot->worker, ++reader->next_number, &job->page, job->body_fd);
	}
}

/* As many workers as pages that wait, as far as there are slots. */
static void start_workers(struct reader *reader)
{
	size_t starting = 0;
	for (size_t i = 0; i < reader->n_slots; i++)
		starting += is_in(&reader->slots[i], WORKER_STARTING);
	struct read_job *job = TAILQ_FIRST(&reader->queue);
	for (size_t i = 0; i < starting && job; i++)
		job = TAILQ_NEXT(job, entry); /* these are provided for */
	for (size_t i = 0; i < reader->n_slots && job; i++) {
		struct slot *slot = &reader->slots[i];
		if (slot->worker)
			continue;
		int r = start_worker(slot);
		if (r < 0) {
			log_warn(r, "cannot start a reader: a page stays unread");
			job_end(queue_pop(reader), NULL, "the reader could not be started", false);
			work_later(reader);
			return;
		}
		job = TAILQ_NEXT(job, entry);
	}
}

static int on_work(sd_event_source *source, void *userdata)
{
	struct reader *reader = userdata;
	(void)source;
	hand_out(reader);
	start_workers(reader);
	return 0;
}

/* ---- for the caller ---- */

static size_t count_slots(const struct reader_options *options)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n = options->processes > 0 ? options->processes : cores > 0 ? (size_t)cores : 1;
	return n < PROCESSES_MAX ? n : PROCESSES_MAX;
}

int reader_new(sd_event *event, const struct reader_options *options, struct reader **ret)
{
	size_t n = count_slots(options);
	struct reader *reader = calloc(1, sizeof *reader + n * sizeof reader->slots[0]);
	if (!reader)
		return -ENOMEM;
	reader->event = sd_event_ref(event);
	reader->options = *options;
	reader->n_slots = n;
	TAILQ_INIT(&reader->queue);
	for (size_t i = 0; i < n; i++)
		reader->slots[i].reader = reader;
	int r = sd_event_add_defer(event, &reader->on_work, on_work, reader);
	if (r >= 0)
		r = sd_event_source_set_enabled(reader->on_work, SD_EVENT_OFF);
	if (r < 0) {
		reader_free(reader);
		return r;
	}
	*ret = reader;
	return 0;
}

struct reader *reader_free(struct reader *reader)
{
	if (!reader)
		return NULL;
	for (size_t i = 0; i < reader->n_slots; i++) {
		worker_free(reader->slots[i].worker);
		job_free(reader->slots[i].job);
	}
	struct read_job *job;
	while ((job = queue_pop(reader)))
		job_free(job);
	sd_event_source_disable_unref(reader->on_work);
	sd_event_unref(reader->event);
	free(reader);
	return NULL;
}

int read_page(struct reader *reader, const struct page *page, reading_done *done, void *userdata,
	struct read_job **ret)
{
	struct read_job *job;
	if (reader->n_jobs >= READER_QUEUE_MAX)
		return -EAGAIN;
	int r = job_new(reader, page, &job);
	if (r < 0)
		return r;
	job->done = done;
	job->userdata = userdata;
	reader->n_jobs++;
	queue_push(reader, job, false);
	work_later(reader);
	if (ret)
		*ret = job;
	return 0;
}

void read_cancel(struct read_job *job)
{
	job->done = NULL;
	if (job->asked)
		return; /* its worker's answer, or end, is dropped when it comes */
	TAILQ_REMOVE(&job->reader->queue, job, entry);
	job_end(job, NULL, NULL, false);
}
