#ifndef DIRTWATCH_DAEMON_ROLE_H
#define DIRTWATCH_DAEMON_ROLE_H

#include "daemon/options.h"
#include "daemon/reader.h"

/* The reader's side: a child of main that holds nothing but a socket to it. */

/* Main's end of the pair is this descriptor in the child; 0, 1 and 2 are /dev/null. */
#define ROLE_SOCKET 3
/* And one more may be held: the page's memfd. */
#define ROLE_DESCRIPTORS (ROLE_SOCKET + 2)
/* Pages that one child reads before main replaces it.  A page that takes a reader over can lie
 * about those that come after it: this bounds how many.  A new one costs 7 ms (exec, converters,
 * sandbox) and the loading of the rules. */
#define ROLE_PAGES_MAX 1000

struct role {
	struct digest digest; /* of the rules, told to main */
	const char *problems; /* of the rules, told to main; NULL: none */
	/* Read one page; as reading_make(). */
	int (*read)(const struct page *page, struct reading *ret, void *userdata);
	void *userdata;
};

/** Enter the sandbox, say hello on ROLE_SOCKET, read pages until main closes it, and end the
 * process. Dies with its parent.  What libraries load
 *  when they are first used is loaded here; what else @role->read needs of files must be already.
 * Returns only when the sandbox could not be entered: -errno. */
MUST_CHECK int role_serve(const struct role *role);

/** The whole of `dirtwatch --role reader`: load config and rules as @options name them, warm up
 *  libraries, serve.  Returns the exit status when that could not be done. */
int role_reader(const struct options *options);

#endif
