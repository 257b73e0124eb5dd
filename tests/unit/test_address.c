#include "crawlers/net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/un.h>

#include <cmocka.h>

/* clang-format off */
static const struct row {
	const char *why;
	const char *text;
	bool want;
} rows[] = {
	{"a public server",                    "93.184.216.34",            true },
	{"a public server, IPv6",              "2606:2800:220:1::1",       true },
	{"this network",                       "0.0.0.0",                  false},
	{"last of this network",               "0.255.255.255",            false},
	{"first after it",                     "1.0.0.0",                  true },
	{"private, first",                     "10.0.0.0",                 false},
	{"private, last",                      "10.255.255.255",           false},
	{"before private",                     "9.255.255.255",            true },
	{"after private",                      "11.0.0.0",                 true },
	{"before carrier NAT",                 "100.63.255.255",           true },
	{"carrier NAT, first",                 "100.64.0.0",               false},
	{"carrier NAT, last",                  "100.127.255.255",          false},
	{"after carrier NAT",                  "100.128.0.0",              true },
	{"loopback",                           "127.0.0.1",                false},
	{"loopback, last",                     "127.255.255.255",          false},
	{"cloud metadata",                     "169.254.169.254",          false},
	{"beside link-local",                  "169.253.255.255",          true },
	{"before private 172",                 "172.15.255.255",           true },
	{"private 172, first",                 "172.16.0.0",               false},
	{"private 172, last",                  "172.31.255.255",           false},
	{"after private 172",                  "172.32.0.0",               true },
	{"protocol assignments",               "192.0.0.8",                false},
	{"documentation 1",                    "192.0.2.1",                false},
	{"between",                            "192.0.1.1",                true },
	{"6to4 relay",                         "192.88.99.1",              false},
	{"private 192",                        "192.168.1.1",              false},
	{"beside private 192",                 "192.169.0.0",              true },
	{"before benchmarks",                  "198.17.255.255",           true },
	{"benchmarks, first",                  "198.18.0.0",               false},
	{"benchmarks, last",                   "198.19.255.255",           false},
	{"after benchmarks",                   "198.20.0.0",               true },
	{"documentation 2",                    "198.51.100.7",             false},
	{"documentation 3",                    "203.0.113.7",              false},
	{"last before multicast",              "223.255.255.255",          true },
	{"multicast",                          "224.0.0.1",                false},
	{"multicast, last",                    "239.255.255.255",          false},
	{"reserved",                           "240.0.0.1",                false},
	{"broadcast",                          "255.255.255.255",          false},
	{"unspecified",                        "::",                       false},
	{"loopback, IPv6",                     "::1",                      false},
	{"v4-compatible",                      "::93.184.216.34",          false},
	{"v4-mapped loopback",                 "::ffff:127.0.0.1",         false},
	{"v4-mapped public: one spelling is enough", "::ffff:93.184.216.34", false},
	{"NAT64 of a private address",         "64:ff9b::10.0.0.1",        false},
	{"local NAT64",                        "64:ff9b:1::1",             false},
	{"discard only",                       "100::1",                   false},
	{"first given out",                    "2000::1",                  true },
	{"Teredo",                             "2001::1",                  false},
	{"benchmarks, IPv6",                   "2001:2::1",                false},
	{"last protocol assignment",           "2001:1ff:ffff::1",         false},
	{"first behind them",                  "2001:200::1",              true },
	{"documentation, IPv6",                "2001:db8::1",              false},
	{"beside documentation",               "2001:db9::1",              true },
	{"6to4 of loopback",                   "2002:7f00:1::1",           false},
	{"beside 6to4",                        "2003::1",                  true },
	{"documentation of RFC 9637",          "3fff:fff::1",              false},
	{"beside it",                          "3fff:1000::1",             true },
	{"segment routing",                    "5f00::1",                  false},
	{"unique local",                       "fc00::1",                  false},
	{"unique local, as it is used",        "fd12:3456::1",             false},
	{"link-local, IPv6",                   "fe80::1",                  false},
	{"site-local, deprecated",             "fec0::1",                  false},
	{"multicast, IPv6",                    "ff02::1",                  false},
	{"no address",                         "localhost",                false},
	{"nothing",                            "",                         false},
	{"digits libc would take",             "127.1",                    false},
};
/* clang-format on */

static bool ask_sockaddr(const char *text)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		return address_is_public((const struct sockaddr *)&v4);
	return inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 &&
	       address_is_public((const struct sockaddr *)&v6);
}

static void tells_public_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (address_text_is_public(rows[i].text) != rows[i].want)
			fail_msg("%s: %s", rows[i].why, rows[i].text);
		if (ask_sockaddr(rows[i].text) != rows[i].want)
			fail_msg("%s: %s as a sockaddr", rows[i].why, rows[i].text);
	}
}

static void other_families_are_not_public(void **state)
{
	(void)state;
	struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = "/run/x"};
	assert_false(address_is_public((const struct sockaddr *)&local));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_public_addresses),
		cmocka_unit_test(other_families_are_not_public),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
