#include "config/keys.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A row is a name, a type and a field with what else there is to say of it. */
#define OWN(function)           VALUE_CUSTOM, .read = (function)
#define SUB(table_)             VALUE_MAP, .table = &(table_)
#define AT(struct_, field, ...) .offset = offsetof(struct struct_, field), ##__VA_ARGS__
#define LATER(struct_, field)   AT(struct_, field, .later = true)
#define WHOLE                   .offset = 0

#define MINUTE 60
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define WEEK   (7 * DAY)
#define YEAR   (366 * DAY)

/* An every below a minute serves nobody and tires the host; above four weeks it hardly watches. */
#define EVERY .min = MINUTE, .max = 4 * WEEK

/* clang-format off */
static const struct key organisation_keys[] = {
	{"name",          VALUE_STRING,      AT(organisation, name, .required = true)},
	{"also-known-as", VALUE_STRINGS,     AT(organisation, also_known_as)},
	{"domains",       OWN(read_domains), AT(organisation, domains)},
	{"handles",       OWN(read_handles), AT(organisation, handles)},
	{"products",      VALUE_STRINGS,     AT(organisation, products)},
	{"tickers",       OWN(read_tickers), AT(organisation, tickers)},
	{"people",        VALUE_STRINGS,     AT(organisation, people)},
	{"since",         VALUE_DATE,        AT(organisation, since)},
	{"until",         VALUE_DATE,        AT(organisation, until)},
};

const struct key_table organisation_table = {
	"organisation", organisation_keys, COUNT(organisation_keys)};

static const struct key person_keys[] = {
	{"name",          VALUE_STRING,            AT(person, name)},
	{"also-known-as", VALUE_STRINGS,           AT(person, also_known_as)},
	{"handles",       OWN(read_handles),       AT(person, handles)},
	{"resume",        OWN(read_path),          LATER(person, resume)},
	{"employer",      OWN(read_organisation),  AT(person, employer)},
	{"target",        OWN(read_organisation),  AT(person, target)},
	{"competitors",   OWN(read_organisations), AT(person, competitors)},
	{"clients",       OWN(read_organisations), AT(person, clients)},
	{"former-employers", OWN(read_organisations), AT(person, former_employers)},
	{"industry",      OWN(read_industry),      AT(person, industry)},
};

static const struct key_table person_table = {"person", person_keys, COUNT(person_keys)};

static const struct key profile_keys[] = {
	{"url",    OWN(read_profile_url), AT(profile, url, .required = true)},
	{"source", VALUE_STRING,          AT(profile, source)},
	{"export", OWN(read_path),        LATER(profile, export)},
	{"every",  VALUE_DURATION,        AT(profile, every_s, EVERY)},
};

const struct key_table profile_table = {"profiles", profile_keys, COUNT(profile_keys)};

static const struct key schedule_keys[] = {
	{"every",  VALUE_DURATION, AT(config, every_s, EVERY)},
	{"jitter", VALUE_DURATION, AT(config, jitter_s, .max = 4 * WEEK)},
	{"window", VALUE_DURATION, AT(config, window_s, .min = HOUR, .max = YEAR)},
	{"full",   VALUE_DURATION, AT(config, full_s, .min = DAY, .max = YEAR)},
};

static const struct key_table schedule_table = {"schedule", schedule_keys, COUNT(schedule_keys)};

static const struct key alert_keys[] = {
	{"at",    VALUE_SEVERITY, AT(config, alert_at)},
	{"after", VALUE_INT,      AT(config, alert_after, .min = 1, .max = 100)},
};

static const struct key_table alert_table = {"alert", alert_keys, COUNT(alert_keys)};

static const struct key patterns_keys[] = {
	{"disable",  OWN(read_rule_names), AT(config, disable)},
	{"severity", OWN(read_severities), WHOLE},
	{"folders",  OWN(read_paths),      AT(config, pattern_dirs)},
};

static const struct key_table patterns_table = {"patterns", patterns_keys, COUNT(patterns_keys)};

static const struct key fetch_keys[] = {
	{"user-agent", OWN(read_user_agent), AT(config, user_agent)},
	{"delay",      VALUE_DURATION,       AT(config, delay_s, .min = 0, .max = HOUR)},
	{"ca-file",    OWN(read_path),       AT(config, ca_file)},
};

static const struct key_table fetch_table = {"fetch", fetch_keys, COUNT(fetch_keys)};

static const struct key config_keys[] = {
	{"person",   SUB(person_table),   AT(config, person)},
	{"profiles", OWN(read_profiles),  WHOLE},
	{"schedule", SUB(schedule_table), WHOLE},
	{"alert",    SUB(alert_table),    WHOLE},
	{"patterns", SUB(patterns_table), WHOLE},
	{"fetch",    SUB(fetch_table),    WHOLE},
	{"tokens",   OWN(read_tokens),    AT(config, tokens)},
};

const struct key_table config_table = {"top level", config_keys, COUNT(config_keys)};

/* clang-format on */

const struct key_table *const key_tables[] = {
	&config_table,
	&person_table,
	&organisation_table,
	&profile_table,
	&schedule_table,
	&alert_table,
	&patterns_table,
	&fetch_table,
	&token_table,
};

const size_t n_key_tables = COUNT(key_tables);
