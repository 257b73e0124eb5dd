#ifndef DIRTWATCH_CRAWLERS_PAGE_H
#define DIRTWATCH_CRAWLERS_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One fetched response, or one saved file.  Everything in it but source and step is a stranger's
 * bytes.  Strings are NUL-terminated; the body is not. */
struct page {
	const char *url;          /* as asked for */
	const char *final_url;    /* after redirects; equal to url where there were none */
	const char *profile;      /* the profile's URL that the scan is about */
	const char *source;       /* name of the source that asked: crawlers/source.h */
	int step;                 /* the source's own number for what it asked for */
	const char *subject;      /* what the source remembers from the page before; NULL: none */
	int status;               /* HTTP status; 200 for a saved file */
	const char *content_type; /* header value; NULL: none */
	const char *link;         /* Link headers joined by ", "; NULL: none */
	const char *location;     /* Location header of a redirect not followed; NULL: none */
	bool authorised;          /* it was asked for with the person's own token */
	int64_t fetched_s;        /* when; seconds since 1970 UTC */
	const void *body;
	size_t body_len;
};

#endif
