#include "daemon/base/digest.h"

#include <openssl/evp.h>
#include <string.h>

static int finish(EVP_MD_CTX *sha, struct digest *ret)
{
	unsigned char full[EVP_MAX_MD_SIZE];
	if (EVP_DigestFinal_ex(sha, full, NULL) != 1)
		return -ENOMEM;
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < DIGEST_CHARS; i++)
		ret->hex[i] = digits[full[i / 2] >> (i % 2 ? 0 : 4) & 0xf];
	ret->hex[DIGEST_CHARS] = '\0';
	return 0;
}

int digest_strings(const char *const *strings, size_t count, struct digest *ret)
{
	EVP_MD_CTX *sha = EVP_MD_CTX_new();
	int r = sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1 ? 0 : -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		const char *string = strings[i] ? strings[i] : "";
		uint64_t len = strlen(string);
		if (EVP_DigestUpdate(sha, &len, sizeof len) != 1 ||
			EVP_DigestUpdate(sha, string, len) != 1)
			r = -ENOMEM;
	}
	if (r == 0)
		r = finish(sha, ret);
	EVP_MD_CTX_free(sha);
	return r;
}

int digest_bytes(const void *bytes, size_t len, struct digest *ret)
{
	EVP_MD_CTX *sha = EVP_MD_CTX_new();
	int r = -ENOMEM;
	if (sha && EVP_DigestInit_ex(sha, EVP_sha256(), NULL) == 1 &&
		EVP_DigestUpdate(sha, bytes, len) == 1)
		r = finish(sha, ret);
	EVP_MD_CTX_free(sha);
	return r;
}
