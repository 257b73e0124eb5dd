#ifndef DIRTWATCH_BASE_LIMITS_H
#define DIRTWATCH_BASE_LIMITS_H

#include <stddef.h>

/*
 * Everything that a stranger's server, a rule file or a config can make grow, with its ceiling
 * and the reason.  Units are in the names: _B bytes, _S seconds, _MS milliseconds, none counts.
 */

/* A page after decompression: the largest real profile pages seen were 1.6 MB. */
#define LIMIT_PAGE_B ((size_t)8 * 1024 * 1024)
/* What Gumbo is given after stripping: alloc-free plain text of 2 MB parses in 0.22 s. */
#define LIMIT_HTML_B ((size_t)2 * 1024 * 1024)
/* Gumbo's arena: 50 kB of nested formatting elements can ask for 1.25 GB; real pages need < 30 MB. */
#define LIMIT_HTML_ARENA_B ((size_t)256 * 1024 * 1024)
/* How long Gumbo may take for one page: real pages need < 0.1 s. */
#define LIMIT_HTML_MS 250
/* Steps of all walks through one page's tree: the largest real page has 60,000 nodes and is walked a
 * few dozen times; 20 million steps are 0.2 s. */
#define LIMIT_HTML_STEPS 20000000
/* Posts taken from one page: the longest list a platform serves is 1,000. */
#define LIMIT_POSTS 10000
/* Text of one post; what is beyond is cut between characters. */
#define LIMIT_POST_TEXT_B ((size_t)64 * 1024)
/* What is kept of the words of an account followed or a post liked: bios have 500 characters at most
 * places, posts there 500; longer ones are known by their beginning. */
#define LIMIT_TARGET_B 2000
/* Links kept of one post. */
#define LIMIT_POST_LINKS 256
/* All that one page's extract may hold: the posts' text can not exceed a page by much. */
#define LIMIT_EXTRACT_B ((size_t)64 * 1024 * 1024)
/* Requests that one page may lead to. */
#define LIMIT_FOLLOWS 32
/* Pages fetched for one profile in one scan: 200 pages of 40 statuses are 8,000 posts. */
#define LIMIT_PAGES_A_SCAN 200
/* Of them, pages of a long history behind what is new, when a later scan can go on: with four scans a day,
 * as is the default, 200 requests; the smallest daily allowance known of a platform is 300 (Stack
 * Exchange).  14,000 posts by 40 are read in two days. */
#define LIMIT_OLDER_A_SCAN 50
/* A URL: what browsers and servers agree to carry. */
#define LIMIT_URL_B 8192
/* The body of a request: what a JSON API is asked for is a few hundred bytes. */
#define LIMIT_REQUEST_BODY_B 4096
/* A header line we keep (ETag, Link …); longer ones are as good as absent. */
#define LIMIT_HEADER_B 8192
/* All headers of one answer, interim ones with them: servers send 2 kB, their own limits are 8 to 64. */
#define LIMIT_HEADERS_B (256ul * 1024)
/* robots.txt: RFC 9309 §2.5 asks for at least 500 KiB. */
#define LIMIT_ROBOTS_B ((size_t)512 * 1024)
/* Rules kept from one robots.txt: as many as fit in, for the shortest is "allow:/" and a line end. */
#define LIMIT_ROBOTS_RULES (LIMIT_ROBOTS_B / 8)

/* Redirects followed (curl's own default is 30; browsers stop at 20; a profile needs 2). */
#define LIMIT_REDIRECTS  5
#define LIMIT_CONNECT_S  10
#define LIMIT_TRANSFER_S 60
/* Slower than this for so long, and a transfer is given up: a modem of 1990 did 240 bytes a second. */
#define LIMIT_SLOW_B_A_S 100
#define LIMIT_SLOW_S     20
/* Transfers under way at a time; each may hold LIMIT_PAGE_B, so together 256 MiB at worst. */
#define LIMIT_TRANSFERS 32

/* How long the reader may take for one page, and what memory it may use. */
#define LIMIT_READER_S 10
#define LIMIT_READER_B ((size_t)512 * 1024 * 1024)

/* Rule files and config. */
#define LIMIT_RULE_FILE_B ((size_t)4 * 1024 * 1024)
#define LIMIT_RULES       50000
#define LIMIT_CONFIG_B    ((size_t)1 * 1024 * 1024)
/* Nesting of a YAML file: our deepest key is 6 levels down. */
#define LIMIT_YAML_DEPTH 32
/* Keys and values of a YAML file: 4 MiB of short rules have 0.8 million; libyaml takes 130 bytes
 * for each. */
#define LIMIT_YAML_NODES 1000000
/* What a loaded config may hold: 1 MiB of one-letter list items takes 24 MiB. */
#define LIMIT_CONFIG_ARENA_B ((size_t)64 * 1024 * 1024)
/* Problems, and notes, that are kept with their lines; the others are counted. */
#define LIMIT_PROBLEMS 200
/* One problem's message; what is beyond is cut. */
#define LIMIT_MESSAGE_B 1000
/* Characters shown of a line with a problem in it. */
#define LIMIT_SHOWN_LINE 160

/* PCRE2 on one post: 100,000 steps are 14 ms at worst, 10,000,000 were 11.8 s (measured). */
#define LIMIT_MATCH_STEPS    100000
#define LIMIT_MATCH_DEPTH    1000
#define LIMIT_MATCH_HEAP_KIB 1024

/* Findings of one post that are kept and told. */
#define LIMIT_HITS 64
/* An excerpt in journal and report. */
#define LIMIT_EXCERPT_B 200

/* JSON nesting: the deepest platform answers are below 30. */
#define LIMIT_JSON_DEPTH 128
/* XML nesting: real feeds with xhtml content stay below 60. */
#define LIMIT_XML_DEPTH 256

#endif
