#include "daemon/progress.h"

#include "daemon/base/buf.h"
#include "daemon/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_US 200000ull
/* A line this long is more than any terminal shows. */
#define LINE_B 4096

struct progress {
	const struct fleet *fleet;
	sd_event_source *timer;
};

static size_t terminal_width(void)
{
	struct winsize size;
	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1 ? size.ws_col : 80;
}

static int add_history(struct buf *line, const struct fleet_status *status)
{
	int r = buf_adds(line, "(history: ");
	if (r == 0)
		r = buf_add_number(line, status->n_history);
	if (r == 0 && status->n_in_all >= status->n_history) {
		r = buf_adds(line, " of ");
		if (r == 0)
			r = buf_add_number(line, status->n_in_all);
	}
	return r == 0 ? buf_adds(line, ") ") : r;
}

static void draw(const struct progress *progress)
{
	struct fleet_status status = fleet_status(progress->fleet);
	struct buf line = BUF_INIT(LINE_B);
	int r = buf_addf(&line, "%zu of %zu profiles, %zu posts ", status.n_scanned,
		status.n_profiles, status.n_posts);
	if (r == 0 && status.n_history > 0)
		r = add_history(&line, &status);
	if (r == 0 && status.where)
		r = text_clean(&line, status.where, strlen(status.where));
	if (r >= 0) /* a line that was too long is shown as far as it goes */
		(void)fprintf(stderr, "\r\x1b[K%.*s",
			(int)text_cut(buf_str(&line), line.len, terminal_width() - 1),
			buf_str(&line));
	buf_release(&line);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
	draw(userdata);
	int r = sd_event_source_set_time(source, usec + REDRAW_US);
	return r < 0 ? r : sd_event_source_set_enabled(source, SD_EVENT_ON);
}

int progress_new(sd_event *event, const struct fleet *fleet, struct progress **ret)
{
	struct progress *progress = calloc(1, sizeof *progress);
	if (!progress)
		return -ENOMEM;
	progress->fleet = fleet;
	int r = sd_event_add_time_relative(
		event, &progress->timer, CLOCK_MONOTONIC, REDRAW_US, 0, on_timer, progress);
	if (r < 0) {
		free(progress);
		return r;
	}
	*ret = progress;
	return 0;
}

struct progress *progress_free(struct progress *progress)
{
	if (!progress)
		return NULL;
	(void)fputs("\r\x1b[K", stderr);
	sd_event_source_disable_unref(progress->timer);
	free(progress);
	return NULL;
}
