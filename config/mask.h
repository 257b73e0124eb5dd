#ifndef DIRTWATCH_CONFIG_MASK_H
#define DIRTWATCH_CONFIG_MASK_H

#include <stddef.h>

/*
 * A message about a mistake shows the line it is in.  Should somebody have written a token or a
 * password there, it must not come out with it: into a journal, a terminal's scrollback or a bug
 * report.  Each overwrites bytes of @text with "*" and keeps its length, so that columns stay true.
 */

/** What starts as tokens of well-known platforms do, and the value behind a key whose name says that
 *  it is a secret ("token", "password", "secret", "api-key" …). */
void mask_secrets(char *text, size_t len);

/** Every run of letters, digits and signs that is as long as tokens are: for places where nothing but
 *  a token would be so long. */
void mask_words(char *text, size_t len);

#endif
