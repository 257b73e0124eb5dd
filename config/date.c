#include "config/date.h"

#include <stddef.h>
#include <string.h>

/* @count digits at @at, which end the text or have a "-" behind them; -1: something else. */
static int number(const char *at, size_t count)
{
	int value = 0;
	if (strspn(at, "0123456789") != count || (at[count] != '\0' && at[count] != '-'))
		return -1;
	for (size_t i = 0; i < count; i++)
		value = value * 10 + (at[i] - '0');
	return value;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return month == 2 && leap ? 29 : days[month - 1];
}

bool date_valid(const char *text)
{
	int year = number(text, 4);
	if (year < 1900)
		return false;
	if (text[4] == '\0')
		return true;
	int month = number(text + 5, 2);
	if (month < 1 || month > 12)
		return false;
	if (text[7] == '\0')
		return true;
	int day = number(text + 8, 2);
	return day >= 1 && day <= days_in(year, month) && text[10] == '\0';
}

bool date_after(const char *since, const char *until)
{
	size_t since_len = strlen(since);
	size_t until_len = strlen(until);
	return strncmp(since, until, since_len < until_len ? since_len : until_len) > 0;
}
