using Tandem.Linux.Announcing;

namespace Tandem.Linux.Tests.Announcing;

public class GroupMembershipsTests
{
    private static readonly string[] Igmp =
    [
        "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter",
        "1\tlo        :     1      V3",
        "\t\t\t\t010000E0     1 0:00000000\t\t0",
        "2\tbond0     :     3      V3",
        "\t\t\t\tFB0000E0     1 0:00000000\t\t0",
        "\t\t\t\t01010AEF     1 0:00000000\t\t0",
        "\t\t\t\t010000E0     1 0:00000000\t\t0",
        "3\tbond0.42  :     1      V3",
        "\t\t\t\tFC0000E0     1 0:00000000\t\t0",
    ];

    private static readonly string[] Igmp6 =
    [
        "1    lo              ff020000000000000000000000000001     1 0000000C 0",
        "2    bond0           ff0200000000000000000001ff00000a     1 00000004 0",
        "2    bond0           ff020000000000000000000000000001     1 0000000C 0",
        "2    bond0           ff010000000000000000000000000001     1 00000008 0",
        "3    bond0.42        ff0200000000000000000000000000fb     1 00000004 0",
    ];

    [Fact]
    public void Groups_of_one_interface_are_read_without_the_all_hosts_group()
    {
        Assert.Equal([224, 0, 0, 251, 239, 10, 1, 1], GroupMemberships.ParseIgmp(Igmp)["bond0"]);
        Assert.Equal([0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 10], GroupMemberships.ParseIgmp6(Igmp6)["bond0"]);
    }

    [Fact]
    public void Lines_cut_at_any_character_are_passed_over()
    {
        foreach (var line in (string[])[.. Igmp, .. Igmp6])
        {
            for (var length = 0; length <= line.Length; length++)
            {
                GroupMemberships.ParseIgmp([Igmp[3], line[..length]]);
                GroupMemberships.ParseIgmp6([line[..length]]);
            }
        }
    }
}
