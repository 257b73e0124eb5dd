#include "crawlers/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Network byte order, as many bytes as the family has. */
struct range {
	uint8_t bytes[16];
	uint8_t bits;
};

/* IANA IPv4 Special-Purpose Address Registry (RFC 6890), and multicast (RFC 5771). */
static const struct range closed_v4[] = {
	{{0}, 8},             /* "this network" */
	{{10}, 8},            /* private, RFC 1918 */
	{{100, 64}, 10},      /* shared between carrier and customer, RFC 6598 */
	{{127}, 8},           /* loopback */
	{{169, 254}, 16},     /* link-local, and the metadata services of clouds */
	{{172, 16}, 12},      /* private */
	{{192, 0, 0}, 24},    /* protocol assignments */
	{{192, 0, 2}, 24},    /* documentation, RFC 5737 */
	{{192, 88, 99}, 24},  /* 6to4 relays, deprecated */
	{{192, 168}, 16},     /* private */
	{{198, 18}, 15},      /* benchmarks, RFC 2544 */
	{{198, 51, 100}, 24}, /* documentation */
	{{203, 0, 113}, 24},  /* documentation */
	{{224}, 4},           /* multicast */
	{{240}, 4},           /* reserved, and the broadcast address */
};

/* Of IPv6 only 2000::/3 is given out (RFC 4291 §2.4): loopback, v4-mapped, NAT64 (64:ff9b::/96),
 * unique local (fc00::/7), link-local (fe80::/10) and multicast (ff00::/8) all lie outside. */
static const struct range given_v6 = {{0x20}, 3};

/* Inside it, by the IANA IPv6 Special-Purpose Address Registry: */
static const struct range closed_v6[] = {
	{{0x20, 0x01, 0x00}, 23},       /* protocol assignments: Teredo, benchmarks, ORCHID … */
	{{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
	{{0x20, 0x02}, 16},             /* 6to4 */
	{{0x3f, 0xff, 0x00}, 20},       /* documentation, RFC 9637 */
};

static bool in_range(const uint8_t *bytes, const struct range *range)
{
	size_t whole = range->bits / 8;
	unsigned rest = range->bits % 8;
	if (memcmp(bytes, range->bytes, whole) != 0)
		return false;
	return rest == 0 || (bytes[whole] ^ range->bytes[whole]) >> (8 - rest) == 0;
}

static bool in_any(const uint8_t *bytes, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (in_range(bytes, &ranges[i]))
			return true;
	}
	return false;
}

static bool v4_is_public(const void *bytes)
{
	return !in_any(bytes, closed_v4, sizeof closed_v4 / sizeof *closed_v4);
}

static bool v6_is_public(const void *bytes)
{
	return in_range(bytes, &given_v6) &&
	       !in_any(bytes, closed_v6, sizeof closed_v6 / sizeof *closed_v6);
}

bool address_is_public(const struct sockaddr *address)
{
	/* sockaddr_in and sockaddr_in6 begin as sockaddr does. */
	if (address->sa_family == AF_INET)
		return v4_is_public(&((const struct sockaddr_in *)address)->sin_addr);
	if (address->sa_family == AF_INET6)
		return v6_is_public(&((const struct sockaddr_in6 *)address)->sin6_addr);
	return false;
}

bool address_text_is_public(const char *text)
{
	struct in_addr v4;
	struct in6_addr v6;
	if (inet_pton(AF_INET, text, &v4) == 1)
		return v4_is_public(&v4);
	return inet_pton(AF_INET6, text, &v6) == 1 && v6_is_public(&v6);
}
