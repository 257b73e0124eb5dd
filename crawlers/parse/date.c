#include "crawlers/parse/date.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define MINUTE_S 60
#define HOUR_S   3600
#define DAY_S    86400

/* Zone offsets beyond this exist nowhere: UTC+14:00 is the largest, RFC 822's military ones are 12.
 */
#define ZONE_MAX_S (15 * HOUR_S)

struct moment {
	int year, month, day;
	int hour, minute, second;
	int zone_s;
};

static const char *const months[] = {
	"january",
	"february",
	"march",
	"april",
	"may",
	"june",
	"july",
	"august",
	"september",
	"october",
	"november",
	"december",
};

static const char *const weekdays[] = {
	"monday",
	"tuesday",
	"wednesday",
	"thursday",
	"friday",
	"saturday",
	"sunday",
};

/* RFC 822 §5.1, and what mail and blog software writes besides.  Names that mean several zones
 * (IST, say) are left out: an unknown name is UTC. */
static const struct {
	const char *name;
	int minutes;
} zones[] = {
	{"EST", -5 * 60},
	{"EDT", -4 * 60},
	{"CST", -6 * 60},
	{"CDT", -5 * 60},
	{"MST", -7 * 60},
	{"MDT", -6 * 60},
	{"PST", -8 * 60},
	{"PDT", -7 * 60},
	{"AKST", -9 * 60},
	{"AKDT", -8 * 60},
	{"HST", -10 * 60},
	{"AST", -4 * 60},
	{"ADT", -3 * 60},
	{"NST", -210},
	{"NDT", -150},
	{"WEST", 1 * 60},
	{"BST", 1 * 60},
	{"CET", 1 * 60},
	{"CEST", 2 * 60},
	{"MEZ", 1 * 60},
	{"MESZ", 2 * 60},
	{"EET", 2 * 60},
	{"EEST", 3 * 60},
	{"MSK", 3 * 60},
	{"JST", 9 * 60},
	{"KST", 9 * 60},
	{"AWST", 8 * 60},
	{"AEST", 10 * 60},
	{"AEDT", 11 * 60},
	{"NZST", 12 * 60},
	{"NZDT", 13 * 60},
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_spaces(const char **at)
{
	while (is_space(**at))
		++*at;
}

/* The next @count digits; the caller knows that they are there.  @count <= 9, so the value fits. */
static int take_digits(const char **at, size_t count)
{
	int value = 0;
	for (size_t i = 0; i < count; i++)
		value = value * 10 + *(*at)++ - '0';
	return value;
}

/* Between @min and @max digits, and no more of them. */
static bool take_number(const char **at, size_t min, size_t max, int *ret)
{
	size_t len = strspn(*at, "0123456789");
	if (len < min || len > max)
		return false;
	*ret = take_digits(at, len);
	return true;
}

static bool leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	return month == 2 && leap(year) ? 29 : days[month - 1];
}

/* Days from 1970-01-01 in the Gregorian calendar: years are counted from March, so that the leap
 * day is their last, in cycles of 400. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t cycle = (y >= 0 ? y : y - 399) / 400;
	int64_t year_of_cycle = y - cycle * 400;
	int64_t day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	int64_t day_of_cycle =
		year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
	return cycle * 146097 + day_of_cycle - 719468;
}

static bool moment_seconds(const struct moment *m, int64_t *ret_s)
{
	if (m->year < 1 || m->month < 1 || m->month > 12 || m->day < 1 ||
		m->day > days_in(m->year, m->month))
		return false;
	bool midnight_after = m->hour == 24 && m->minute == 0 && m->second == 0;
	/* 60: a leap second, which counts as the next one. */
	if ((m->hour > 23 && !midnight_after) || m->minute > 59 || m->second > 60)
		return false;
	*ret_s = days_since_1970(m->year, m->month, m->day) * DAY_S + (int64_t)m->hour * HOUR_S +
		 (int64_t)m->minute * MINUTE_S + m->second - m->zone_s;
	return true;
}

/* ".5", ",123456": read over, since whole seconds are kept. */
static bool skip_fraction(const char **at)
{
	if (**at != '.' && **at != ',')
		return true;
	size_t digits = strspn(*at + 1, "0123456789");
	*at += 1 + digits;
	return digits > 0;
}

/* hh:mm[:ss[.f]], hhmm[ss], hh */
static bool take_time(const char **at, struct moment *m)
{
	size_t digits = strspn(*at, "0123456789");
	if (digits == 4 || digits == 6) {
		m->hour = take_digits(at, 2);
		m->minute = take_digits(at, 2);
		m->second = take_digits(at, digits - 4);
		return skip_fraction(at);
	}
	if (!take_number(at, 1, 2, &m->hour))
		return false;
	if (**at != ':')
		return digits == 2;
	++*at;
	if (!take_number(at, 2, 2, &m->minute))
		return false;
	if (**at == ':') {
		++*at;
		if (!take_number(at, 1, 2, &m->second))
			return false;
	}
	return skip_fraction(at);
}

/* +hh:mm, -hhmm, +hh */
static bool take_offset(const char **at, int *ret_s)
{
	int sign = **at == '-' ? -1 : 1;
	++*at;
	size_t digits = strspn(*at, "0123456789");
	int hours, minutes = 0;
	if (digits == 4) {
		hours = take_digits(at, 2);
		minutes = take_digits(at, 2);
	} else {
		if (!take_number(at, 1, 2, &hours))
			return false;
		if (**at == ':') {
			++*at;
			if (!take_number(at, 2, 2, &minutes))
				return false;
		}
	}
	int offset_s = hours * HOUR_S + minutes * MINUTE_S;
	if (minutes > 59 || offset_s > ZONE_MAX_S)
		return false;
	*ret_s = sign * offset_s;
	return true;
}

/* "Z", "EST", "UTC", "GMT+0100".  One letter is a military zone, which RFC 5322 §4.3 reads as UTC
 * because RFC 822 got their signs wrong. */
static bool take_zone_name(const char **at, int *ret_s)
{
	size_t len = 0;
	while (is_letter((*at)[len]))
		len++;
	if (len < 1 || len > 5)
		return false;
	const char *name = *at;
	*at += len;
	if ((**at == '+' || **at == '-') && is_digit((*at)[1]))
		return take_offset(at, ret_s);
	*ret_s = 0;
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
		if (strlen(zones[i].name) == len && strncasecmp(name, zones[i].name, len) == 0)
			*ret_s = zones[i].minutes * MINUTE_S;
	}
	return true;
}

static bool take_zone(const char **at, int *ret_s)
{
	if (**at == '+' || **at == '-')
		return take_offset(at, ret_s);
	return take_zone_name(at, ret_s);
}

/* What may follow a whole date: white space and one comment, "(UTC)". */
static bool at_end(const char *at)
{
	skip_spaces(&at);
	if (*at == '(') {
		at += strcspn(at, ")");
		if (*at == ')')
			at++;
	}
	skip_spaces(&at);
	return *at == '\0';
}

/* [T ]time[zone] behind an ISO date, or nothing. */
static bool take_iso_rest(const char *at, struct moment *m)
{
	if (at_end(at))
		return true;
	if (*at == 'T' || *at == 't' || *at == '_')
		at++;
	skip_spaces(&at);
	if (!take_time(&at, m))
		return false;
	skip_spaces(&at);
	if (*at != '\0' && *at != '(' && !take_zone(&at, &m->zone_s))
		return false;
	return at_end(at);
}

/* YYYY-MM[-DD][Ttime[zone]], and with slashes. */
static bool parse_iso(const char *at, struct moment *m)
{
	if (!take_number(&at, 4, 4, &m->year))
		return false;
	char separator = *at;
	if (separator != '-' && separator != '/')
		return false;
	at++;
	if (!take_number(&at, 1, 2, &m->month))
		return false;
	if (*at != separator)
		return at_end(at);
	at++;
	if (!take_number(&at, 1, 2, &m->day))
		return false;
	return take_iso_rest(at, m);
}

/* YYYY, YYYYMMDD[Ttime[zone]], YYYYMMDDhhmmss[zone] */
static bool parse_packed(const char *at, struct moment *m)
{
	size_t digits = strspn(at, "0123456789");
	if (digits != 4 && digits != 8 && digits != 14)
		return false;
	m->year = take_digits(&at, 4);
	if (digits == 4)
		return at_end(at);
	m->month = take_digits(&at, 2);
	m->day = take_digits(&at, 2);
	return take_iso_rest(at, m);
}

/* Seconds since 1970 from nine digits (1973) on, milliseconds from twelve (2001) on; eleven could
 * be either and are none. */
static bool parse_epoch(const char *at, int64_t *ret_s)
{
	size_t digits = strspn(at, "0123456789");
	if (digits < 9 || digits > 13 || digits == 11)
		return false;
	int64_t value = 0;
	for (size_t i = 0; i < digits; i++)
		value = value * 10 + at[i] - '0';
	at += digits;
	if (!skip_fraction(&at) || !at_end(at))
		return false;
	*ret_s = digits >= 12 ? value / 1000 : value;
	return true;
}

/* ---- dates with names in them: the parts in whatever order, each once ---- */

struct parts {
	struct moment moment;
	bool weekday, month, day, year, time, half, zone;
};

/* The 1-based index of the name that @word begins, at least three letters of it; 0: none. */
static int name_index(const char *const *names, int count, const char *word, size_t len)
{
	if (len < 3)
		return 0;
	for (int i = 0; i < count; i++) {
		/* "Sept" and "Thurs" are prefixes as well. */
		if (len <= strlen(names[i]) && strncasecmp(names[i], word, len) == 0)
			return i + 1;
	}
	return 0;
}

static bool once(bool *seen)
{
	bool first = !*seen;
	*seen = true;
	return first;
}

static bool add_half(struct parts *p, bool afternoon)
{
	struct moment *m = &p->moment;
	if (!p->time || !once(&p->half) || m->hour < 1 || m->hour > 12)
		return false;
	m->hour = m->hour % 12 + (afternoon ? 12 : 0);
	return true;
}

static bool add_word(struct parts *p, const char **at)
{
	const char *word = *at;
	size_t len = 0;
	while (is_letter(word[len]))
		len++;
	int month = name_index(months, 12, word, len);
	if (month > 0) {
		p->moment.month = month;
		*at += len;
		return once(&p->month);
	}
	if (name_index(weekdays, 7, word, len) > 0) {
		*at += len;
		return once(&p->weekday);
	}
	if (len == 2 && strchr("aApP", word[0]) && strchr("mM", word[1])) {
		*at += len;
		return add_half(p, word[0] == 'p' || word[0] == 'P');
	}
	return p->time && once(&p->zone) && take_zone(at, &p->moment.zone_s);
}

/* RFC 5322 §4.3: two digits are 1950 to 2049, three count from 1900. */
static bool add_year(struct parts *p, int value, size_t digits)
{
	if (digits == 2)
		value += value < 50 ? 2000 : 1900;
	else if (digits == 3)
		value += 1900;
	p->moment.year = value;
	return digits >= 2 && digits <= 4 && once(&p->year);
}

static bool add_number(struct parts *p, const char **at)
{
	size_t digits = strspn(*at, "0123456789");
	if ((*at)[digits] == ':')
		return once(&p->time) && take_time(at, &p->moment);
	int value;
	if (!take_number(at, 1, 4, &value))
		return false;
	if (digits > 2 || p->day)
		return add_year(p, value, digits);
	p->moment.day = value;
	if (is_letter(**at) && is_letter((*at)[1])) { /* 1st, 2nd, 3rd, 4th */
		const char *suffix = *at;
		*at += 2;
		if (is_letter(**at) || !memmem("st nd rd th ", 12, suffix, 2))
			return false;
	}
	return once(&p->day);
}

static bool add_part(struct parts *p, const char **at)
{
	if (is_letter(**at))
		return add_word(p, at);
	if (is_digit(**at))
		return add_number(p, at);
	bool sign = **at == '+' || **at == '-';
	return sign && p->time && once(&p->zone) && take_offset(at, &p->moment.zone_s);
}

static bool parse_words(const char *at, struct moment *m)
{
	struct parts p = {.moment = *m};
	while (!at_end(at)) {
		/* A dash parts day, month and year (RFC 850); behind the time it is a zone's sign.
		 */
		if (is_space(*at)) /* all of them, as at_end() looks behind them */
			skip_spaces(&at);
		else if (*at == ',' || *at == '.' || (*at == '-' && !p.time))
			at++;
		else if (!add_part(&p, &at))
			return false;
	}
	*m = p.moment;
	return p.month && p.year;
}

bool date_parse(const char *text, int64_t *ret_s)
{
	if (!text)
		return false;
	skip_spaces(&text);
	static bool (*const forms[])(const char *, struct moment *) = {
		parse_iso,
		parse_packed,
		parse_words,
	};
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		struct moment m = {.month = 1, .day = 1};
		if (forms[i](text, &m))
			return moment_seconds(&m, ret_s);
	}
	return parse_epoch(text, ret_s);
}
