#include "crawlers/parse/base64.h"

#include "daemon/base/text.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>

int base64_decode(struct buf *text)
{
	EVP_ENCODE_CTX *context = EVP_ENCODE_CTX_new();
	unsigned char *bytes = malloc(text->len + 1); /* decoded it has three quarters of that */
	struct buf decoded = BUF_INIT(text->max);
	int n = 0, last = 0;
	int r = context && bytes ? 0 : -ENOMEM;
	if (r == 0) {
		EVP_DecodeInit(context);
		const unsigned char *from = (const unsigned char *)buf_str(text);
		if (EVP_DecodeUpdate(context, bytes, &n, from, (int)text->len) < 0 ||
			EVP_DecodeFinal(context, bytes + n, &last) < 0)
			n = last = 0; /* it is none, and there is no text */
		r = text_repair(&decoded, (const char *)bytes, (size_t)n + (size_t)last);
	}
	EVP_ENCODE_CTX_free(context);
	free(bytes);
	buf_release(text);
	*text = decoded;
	return r < 0 ? r : 0;
}
