"""Steam: one XML document, which says who somebody is; there are no posts in it."""
import xml.etree.ElementTree as xml

from platforms.case import OWN, SHARED, XML, Case, as_file, at

HOST = "steamcommunity.com"


def case_of(name, path):
    told = xml.fromstring(path.read_bytes())
    address = told.findtext("customURL")
    return Case(name, f"https://{HOST}/id/{address}", [at(HOST, f"/id/{address}", as_file(path, XML), xml=1)], [],
                source="steam", facts={"handle": told.findtext("steamID"), "location": told.findtext("location")})


def genuine():
    yield case_of("steam/profile_xml", SHARED / "steam/profile_xml.xml")


def own():
    yield case_of("own/steam", OWN / "steam/profile.xml")
