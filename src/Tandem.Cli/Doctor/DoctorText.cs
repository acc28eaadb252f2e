using System.Text;
using Tandem.Api;

namespace Tandem.Cli.Doctor;

/// <summary>Formats a report: a line for each check, with details of those that are not ok.</summary>
internal static class DoctorText
{
    private const string Gap = "  ";

    /// <summary>Formats a report.</summary>
    public static string Format(DoctorReport report)
    {
        var text = new StringBuilder();
        var statusWidth = Width(report.Checks.Select(check => check.Status));
        var idWidth = Width(report.Checks.Select(check => check.Id));
        foreach (var check in report.Checks)
        {
            text.Append(check.Status.PadRight(statusWidth)).Append(Gap).Append(check.Id.PadRight(idWidth)).Append(Gap).Append(check.Found);
            text.Append('\n');
            if (check.Status == "ok")
                continue;
            var margin = new string(' ', statusWidth + Gap.Length);
            AppendDetail(text, margin, "used for", check.UsedFor);
            AppendDetail(text, margin, "costs", check.Cost);
            AppendDetail(text, margin, "remedy", check.Remedy);
        }
        text.Append("\nWill be used:\n");
        var subjectWidth = Width(report.WillBeUsed.Select(one => one.Subject));
        var choiceWidth = Width(report.WillBeUsed.Select(one => one.Choice));
        foreach (var one in report.WillBeUsed)
        {
            text.Append(Gap).Append(one.Subject.PadRight(subjectWidth)).Append(Gap).Append(one.Choice.PadRight(choiceWidth)).Append(Gap);
            text.Append(one.Reason).Append('\n');
        }
        text.Append(report.CanBond ? "\nA bond can be created.\n" : "\nNo bond can be created.\n");
        return text.ToString();
    }

    private static int Width(IEnumerable<string> words) => words.Select(word => word.Length).DefaultIfEmpty().Max();

    private static void AppendDetail(StringBuilder text, string margin, string label, string? value)
    {
        if (value is not null)
            text.Append(margin).Append(Gap).Append($"{label}:".PadRight("used for:".Length)).Append(' ').Append(value).Append('\n');
    }
}
