#ifndef DIRTWATCH_BASE_ERR_H
#define DIRTWATCH_BASE_ERR_H

/*
 * How errors travel, everywhere in dirtwatch.
 *
 *   r < 0   -errno: fatal to this operation, passed up unchanged and never matched on
 *           (one exception: a caller may turn -ENOMEM or -ENOENT into a sentence for people).
 *   r == 0  done; only now are the outputs (`ret`, `ret_*`) written.
 *   r > 0   an outcome that the direct caller must handle: `MODULE_E_WHAT`, an enum in the
 *           header of the module that returns it.  It is never passed further up.
 *
 * Library code (everything outside daemon/ itself) logs nothing above debug: it returns, and
 * daemon/ decides what happens next and says so once.
 */
#include <errno.h>

/* The result must be looked at.  `(void)` says that a failure is ignored, and a comment why. */
#define MUST_CHECK             __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

#endif
