"""How far apart two places are."""

from geographiclib.geodesic import Geodesic


def metres_between(latitude_a: float, longitude_a: float, latitude_b: float, longitude_b: float) -> float:
    """Measure the shortest way over the earth's surface between two points, in metres.

    The WGS 84 geodesic, because the usual sphere is wrong by up to half a per cent: at the edge of a
    non-molestation order's 100 metres that decides which side a photograph was taken on.

    Args:
        latitude_a, latitude_b: degrees north, -90 to 90.
        longitude_a, longitude_b: degrees east, -180 to 180.

    Raises:
        ValueError: a latitude or longitude is outside its range or not a number.
    """
    for latitude in (latitude_a, latitude_b):
        if not -90 <= latitude <= 90:
            raise ValueError("a latitude lies between -90 and 90 degrees")
    for longitude in (longitude_a, longitude_b):
        if not -180 <= longitude <= 180:
            raise ValueError("a longitude lies between -180 and 180 degrees")
    found = Geodesic.WGS84.Inverse(latitude_a, longitude_a, latitude_b, longitude_b, Geodesic.DISTANCE)
    return float(found["s12"])
