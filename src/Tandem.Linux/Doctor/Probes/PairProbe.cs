using System.Globalization;
using Tandem.Core;
using Tandem.Linux.Doctor.Checks;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Doctor.Probes;

/// <summary>Creates pairs of devices of both kinds under unused names, and removes them at once.</summary>
internal static class PairProbe
{
    public static Pairs Look()
    {
        using var route = new RouteSocket();
        return new Pairs(Try(route, isNetkit: true, static _ => LinuxResult.Ok), Try(route, isNetkit: false, static _ => LinuxResult.Ok));
    }

    /// <summary>Runs an action with the ifindex of one end of a temporary pair.</summary>
    public static LinuxResult Try(RouteSocket route, bool isNetkit, Func<int, LinuxResult> work)
    {
        var number = Random.Shared.Next();
        var (end, peer) = (End(number, 'a'), End(number, 'b'));
        var made = isNetkit ? route.CreateNetkit(end, peer) : route.CreateVeth(end, peer);
        if (!made.IsOk)
            return made;
        var link = route.GetLink(end.Name);
        if (link.Value is not { } found)
            return link.Error;
        var result = work(found.Ifindex);
        route.DeleteLink(found.Ifindex);
        return result;
    }

    private static PairEnd End(int number, char end) =>
        new(
            string.Create(CultureInfo.InvariantCulture, $"tdm-{number:x8}{end}"),
            new MacAddress(0x0200_0000_0000UL | (uint)number ^ end),
            1500,
            1
        );
}
