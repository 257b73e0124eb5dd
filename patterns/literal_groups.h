#ifndef DIRTWATCH_PATTERNS_LITERAL_GROUPS_H
#define DIRTWATCH_PATTERNS_LITERAL_GROUPS_H

#include "patterns/literal_sets.h"

/* Inside of literals.c: groups of literals, the rarest first. */

/** Make a group of @set, whose strings are changed for it: none (count 0) when one of them is empty.  A
 *  literal that begins with another one of the group says nothing more than that and is left out. */
struct literal_group group_of_set(struct set *set);

/** Add @group, which may have no literals, to what is required. */
void groups_add(struct literals *literals, struct literal_group group);

/** Leave out groups that most posts hold, but the best. */
void groups_drop_weak(struct literals *literals);

/** Put @starts, which every match begins with, first among what is required. */
void groups_put_starts(struct literals *literals, struct literal_group starts);

#endif
