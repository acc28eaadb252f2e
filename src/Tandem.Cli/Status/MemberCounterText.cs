using System.Globalization;
using System.Text;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Status;

/// <summary>The data path's counters of a bond's members as a table.</summary>
internal static class MemberCounterText
{
    private static readonly string[] Head =
    [
        "member",
        "tx frames",
        "tx bytes",
        "tx dropped",
        "rx frames",
        "rx bytes",
        "rx suppressed",
        "rx dropped",
    ];

    /// <summary>Formats the counters; empty if the bond has no members.</summary>
    public static string Format(BondResource bond)
    {
        if (bond.Members.Count == 0)
            return "";
        var text = new StringBuilder();
        TextTable.Append(text, Head, bond.Members.Select(Cells));
        return text.ToString();
    }

    private static string[] Cells(MemberResource member)
    {
        var counted = member.Counters;
        ulong[] numbers =
        [
            counted.TxFrames,
            counted.TxBytes,
            counted.TxDropped,
            counted.RxFrames,
            counted.RxBytes,
            counted.RxSuppressed,
            counted.RxDropped,
        ];
        return [member.Name, .. numbers.Select(number => number.ToString(CultureInfo.InvariantCulture))];
    }
}
