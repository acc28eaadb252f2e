namespace Tandem.EndToEnd.Tests;

/// <summary>Recorded commands that are not played, each with the reason.</summary>
internal static class NotPlayed
{
    // Lists of numbers read best dense.
    // csharpier-ignore-start
    public static IReadOnlyDictionary<int, string> Reasons { get; } =
        new (string Reason, int[] Ids)[]
        {
            ("a name that is too long is refused, not cut", [272]),
            ("not a file of the driver: the shell wants to create it", [215]),
            ("a parameter of the kernel module", [280, 282, 283, 284, 285, 286, 287, 288, 289, 292, 293, 294, 296, 297, 298, 299, 300, 301,
                302, 305, 308, 309, 310, 311, 312, 313, 314, 316, 317]),
            ("newer kernels know only use_carrier 1", [18]),
            ("newer kernels know ad_select 3", [86]),
            ("a list that is too long is refused whole, not cut silently", [32]),
            ("members are Ethernet interfaces, whatever fail_over_mac is", [165]),
            ("VLAN devices are tested in a kernel that has them", [160, 161]),
            ("the kernel's own command: a member that moves away is released, as another test holds", [173]),
        }
            .SelectMany(entry => entry.Ids.Select(id => (id, entry.Reason)))
            .ToDictionary();
    // csharpier-ignore-end
}
