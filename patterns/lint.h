#ifndef DIRTWATCH_PATTERNS_LINT_H
#define DIRTWATCH_PATTERNS_LINT_H

/** What makes @pattern, which PCRE2 has accepted, slow on texts that it does not match: a repeated
 *  group of nothing but a repetition, like (a+)+.  NULL: nothing of the kind. */
const char *lint_pattern(const char *pattern);

#endif
