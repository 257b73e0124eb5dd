#ifndef DIRTWATCH_CRAWLERS_NET_ADDRESS_H
#define DIRTWATCH_CRAWLERS_NET_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/** True for an address of the public Internet: IPv4 or IPv6, and in none of the ranges that IANA
 *  keeps for private, local, shared, test, benchmark, multicast or transition use.  Transition
 *  addresses (v4-mapped, NAT64, 6to4, Teredo) carry another address inside, so they are not public
 *  whatever that is. */
bool address_is_public(const struct sockaddr *address);

/** The same for an address in digits, as libcurl tells it; false for what is none. */
bool address_text_is_public(const char *text);

#endif
