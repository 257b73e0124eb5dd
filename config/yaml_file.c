#include "config/yaml_map.h"
#include "config/yaml_vet.h"

#include "daemon/base/clean.h"
#include "daemon/base/limits.h"

#include <fcntl.h>
#include <stdlib.h>
#include <yaml.h>

#define CHUNK_B 65536 /* a read of this size costs little more than its copying */

struct yaml_file {
	char *path; /* NULL: not told */
	struct buf text;
	const char *source; /* the text behind a byte order mark */
	size_t source_len;
	yaml_document_t document;
	bool composed;
};

struct yaml_file *yaml_file_free(struct yaml_file *file)
{
	if (!file)
		return NULL;
	if (file->composed)
		yaml_document_delete(&file->document);
	buf_release(&file->text);
	free(file->path);
	free(file);
	return NULL;
}

static struct place file_place(const struct yaml_file *file)
{
	return (struct place){
		.file = file->path, .source = file->source, .source_len = file->source_len};
}

/* ---- reading ---- */

static int read_all(const char *path, struct buf *text)
{
	CLEAN(clean_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	char *chunk = malloc(CHUNK_B);
	if (!chunk)
		return -ENOMEM;
	int r = 0;
	while (r == 0) {
		ssize_t got = read(fd, chunk, CHUNK_B);
		if (got == 0)
			break;
		if (got > 0)
			r = buf_add(text, chunk, (size_t)got);
		else if (errno != EINTR)
			r = -errno;
	}
	free(chunk);
	return r;
}

/* Returns 0, BUF_E_FULL or -errno. */
static int take_text(struct yaml_file *file, const char *text, size_t len)
{
	int r = text         ? buf_add(&file->text, text, len)
		: file->path ? read_all(file->path, &file->text)
			     : -EINVAL;
	if (r != 0)
		return r;
	const char mark[] = "\xef\xbb\xbf";
	const size_t skip = file->text.len >= 3 && memcmp(file->text.data, mark, 3) == 0 ? 3 : 0;
	file->source = buf_str(&file->text) + skip;
	file->source_len = file->text.len - skip;
	return 0;
}

/* ---- composing ---- */

/* A string that is shorter for C than for YAML would be another than the one written. */
static bool check_nuls(struct yaml_file *file, struct problems *problems)
{
	const size_t before = problems_count(problems);
	const yaml_document_t *document = &file->document;
	for (const yaml_node_t *node = document->nodes.start; node < document->nodes.top; node++) {
		if (node->type != YAML_SCALAR_NODE ||
			!memchr(node->data.scalar.value, '\0', node->data.scalar.length))
			continue;
		struct place place = file_place(file);
		place.line = node->start_mark.line + 1;
		place.column = node->start_mark.column + 1;
		problems_add(problems, &place, "text with a NUL character (\\0) in it");
	}
	return problems_count(problems) == before;
}

/* libyaml reads one document and leaves the rest of the file alone: see that there is none. */
static int check_rest(yaml_parser_t *parser, struct yaml_file *file, struct problems *problems)
{
	struct place place = file_place(file);
	yaml_document_t rest;
	if (!yaml_parser_load(parser, &rest))
		return yaml_tell_error(parser, &place, problems);
	const yaml_node_t *root = yaml_document_get_root_node(&rest);
	if (root) {
		place.line = rest.start_mark.line + 1;
		place.column = rest.start_mark.column + 1;
		problems_add(problems, &place, "a second document: only one a file is read");
	}
	yaml_document_delete(&rest);
	return 0;
}

/* *@ret_good: there is a document. */
static int compose(struct yaml_file *file, struct problems *problems, bool *ret_good)
{
	yaml_parser_t parser;
	if (!yaml_parser_initialize(&parser))
		return -ENOMEM;
	yaml_parser_set_input_string(
		&parser, (const unsigned char *)file->source, file->source_len);
	const size_t before = problems_count(problems);
	struct place place = file_place(file);
	int r = 0;
	file->composed = yaml_parser_load(&parser, &file->document);
	if (!file->composed)
		r = yaml_tell_error(&parser, &place, problems);
	else if (yaml_document_get_root_node(&file->document)) /* else that was the end */
		r = check_rest(&parser, file, problems);
	yaml_parser_delete(&parser);
	if (r == 0)
		*ret_good = problems_count(problems) == before && check_nuls(file, problems);
	return r;
}

/* From text to document.  *@ret_good: it can be walked. */
static int parse(struct yaml_file *file, struct problems *problems, bool *ret_good)
{
	struct place place = file_place(file);
	int r = yaml_vet(&place, problems, ret_good);
	return r == 0 && *ret_good ? compose(file, problems, ret_good) : r;
}

int yaml_file_read(const char *path, const char *text, size_t len, struct problems *problems,
	struct yaml_file **ret)
{
	struct yaml_file *file = calloc(1, sizeof *file);
	if (!file)
		return -ENOMEM;
	file->text = BUF_INIT(LIMIT_RULE_FILE_B);
	int r = -ENOMEM;
	if (path && !(file->path = strdup(path)))
		goto fail;
	bool good = false;
	r = take_text(file, text, len);
	if (r == 0)
		r = parse(file, problems, &good);
	else if (r == BUF_E_FULL)
		problems_add(problems, &(struct place){.file = path}, "larger than %zu MiB",
			LIMIT_RULE_FILE_B >> 20);
	if (r < 0)
		goto fail;
	*ret = good ? file : yaml_file_free(file);
	return 0;
fail:
	yaml_file_free(file);
	return r;
}

/* ---- nodes ---- */

static const yaml_node_t *node_of(struct yaml node)
{
	return node.file && node.index > 0 ? &node.file->document.nodes.start[node.index - 1]
					   : NULL;
}

struct yaml yaml_root(struct yaml_file *file)
{
	if (!file)
		return (struct yaml){0};
	/* libyaml counts nodes from 1, and the first one is the root. */
	return (struct yaml){file, yaml_document_get_root_node(&file->document) ? 1 : 0};
}

enum yaml_type yaml_type(struct yaml node)
{
	const yaml_node_t *n = node_of(node);
	if (!n)
		return YAML_TYPE_NONE;
	switch (n->type) {
	case YAML_SCALAR_NODE:
		return YAML_TYPE_SCALAR;
	case YAML_SEQUENCE_NODE:
		return YAML_TYPE_LIST;
	case YAML_MAPPING_NODE:
		return YAML_TYPE_MAP;
	default:
		return YAML_TYPE_NONE;
	}
}

struct place yaml_place(struct yaml node)
{
	if (!node.file)
		return (struct place){0};
	struct place place = file_place(node.file);
	const yaml_node_t *n = node_of(node);
	if (n) {
		place.line = n->start_mark.line + 1;
		place.column = n->start_mark.column + 1;
	}
	return place;
}

const char *yaml_text(struct yaml node)
{
	return yaml_type(node) == YAML_TYPE_SCALAR ? (const char *)node_of(node)->data.scalar.value
						   : NULL;
}

bool yaml_quoted(struct yaml node)
{
	if (yaml_type(node) != YAML_TYPE_SCALAR)
		return false;
	yaml_scalar_style_t style = node_of(node)->data.scalar.style;
	return style == YAML_SINGLE_QUOTED_SCALAR_STYLE || style == YAML_DOUBLE_QUOTED_SCALAR_STYLE;
}

bool yaml_blank(struct yaml node)
{
	return yaml_type(node) == YAML_TYPE_SCALAR && node_of(node)->data.scalar.length == 0 &&
	       node_of(node)->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
}

size_t yaml_count(struct yaml node)
{
	const yaml_node_t *n = node_of(node);
	if (!n)
		return 0;
	if (n->type == YAML_SEQUENCE_NODE)
		return (size_t)(n->data.sequence.items.top - n->data.sequence.items.start);
	if (n->type == YAML_MAPPING_NODE)
		return (size_t)(n->data.mapping.pairs.top - n->data.mapping.pairs.start);
	return 0;
}

struct yaml yaml_item(struct yaml list, size_t i)
{
	const yaml_node_t *n = node_of(list);
	if (!n || n->type != YAML_SEQUENCE_NODE || i >= yaml_count(list))
		return (struct yaml){0};
	return (struct yaml){list.file, n->data.sequence.items.start[i]};
}

static const yaml_node_pair_t *pair_of(struct yaml map, size_t i)
{
	const yaml_node_t *n = node_of(map);
	if (!n || n->type != YAML_MAPPING_NODE || i >= yaml_count(map))
		return NULL;
	return &n->data.mapping.pairs.start[i];
}

struct yaml yaml_key(struct yaml map, size_t i)
{
	const yaml_node_pair_t *pair = pair_of(map, i);
	return pair ? (struct yaml){map.file, pair->key} : (struct yaml){0};
}

struct yaml yaml_value(struct yaml map, size_t i)
{
	const yaml_node_pair_t *pair = pair_of(map, i);
	return pair ? (struct yaml){map.file, pair->value} : (struct yaml){0};
}

struct yaml yaml_find(struct yaml map, const char *key)
{
	if (yaml_type(map) != YAML_TYPE_MAP)
		return (struct yaml){0};
	for (size_t i = 0; i < yaml_count(map); i++) {
		const char *name = yaml_text(yaml_key(map, i));
		if (name && strcmp(name, key) == 0)
			return yaml_value(map, i);
	}
	return (struct yaml){0};
}
