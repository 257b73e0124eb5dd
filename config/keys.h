#ifndef DIRTWATCH_CONFIG_KEYS_H
#define DIRTWATCH_CONFIG_KEYS_H

#include "config/config.h"
#include "config/yaml_map.h"

/* Every key that dirtwatch.yaml(5) has, as tables: what config_load() reads by, and what the man
 * page is checked against. */

/** All tables, the top one first; "organisation" stands in several places of "person". */
extern const struct key_table *const key_tables[];
extern const size_t n_key_tables;

extern const struct key_table config_table;
extern const struct key_table organisation_table;
extern const struct key_table profile_table;
extern const struct key_table token_table;

/* ---- what the tables' own functions share, as walk.context ---- */

struct loading {
	const char *folder; /* of the config, without the last "/"; NULL: paths stay as written */
	struct profile *profiles; /* what config.profiles will be; those without every_s hold 0 */
	struct yaml *nodes;       /* where each one stands */
	size_t n_profiles;
};

/* Readers for VALUE_CUSTOM, each as struct key says. */
int read_path(struct walk *walk, struct yaml node, void *into);          /* const char * */
int read_paths(struct walk *walk, struct yaml node, void *into);         /* struct strings */
int read_user_agent(struct walk *walk, struct yaml node, void *into);    /* const char * */
int read_handles(struct walk *walk, struct yaml node, void *into);       /* struct strings */
int read_domains(struct walk *walk, struct yaml node, void *into);       /* struct strings */
int read_tickers(struct walk *walk, struct yaml node, void *into);       /* struct strings */
int read_rule_names(struct walk *walk, struct yaml node, void *into);    /* struct strings */
int read_severities(struct walk *walk, struct yaml node, void *into);    /* struct config */
int read_industry(struct walk *walk, struct yaml node, void *into);      /* const char * */
int read_organisation(struct walk *walk, struct yaml node, void *into);  /* struct organisation * */
int read_organisations(struct walk *walk, struct yaml node, void *into); /* struct organisations */
int read_profile_url(struct walk *walk, struct yaml node, void *into);   /* const char * */
int read_profiles(struct walk *walk, struct yaml node, void *into);      /* context->profiles */
int read_tokens(struct walk *walk, struct yaml node, void *into);        /* struct token_files */

#endif
