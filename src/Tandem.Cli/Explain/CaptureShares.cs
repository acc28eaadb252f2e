using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Cli.CommandLine;
using Tandem.Core.Explaining;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Options;

namespace Tandem.Cli.Explain;

/// <summary>The members' shares of the frames of a capture, by one policy or by each.</summary>
internal static class CaptureShares
{
    /// <summary>A member's share by one policy.</summary>
    private sealed class Share
    {
        public long Frames;
        public long Bytes;
    }

    /// <summary>Reads the capture and writes the shares.</summary>
    public static async Task WriteAsync(CommandContext context, ExplainSubject subject, HashPolicy? policy, string path)
    {
        if (!FrameExplainer.Hashes(subject.Mode))
            throw new CommandException(
                ExitCode.Syntax,
                $"--mode {BondOptions.Known.Mode.Choices[(int)subject.Mode]}: does not hash; accepted: balance-xor, 802.3ad, balance-tlb, balance-alb"
            );
        if (subject.Members == 0)
            throw new CommandException(
                ExitCode.Refused,
                string.Join(
                    "; ",
                    subject.Idle.Select(idle => $"{idle.Name}: {idle.Reason}").Prepend("no member of the bond can carry frames")
                )
            );
        HashPolicy[] policies = policy is { } one ? [one] : Enum.GetValues<HashPolicy>();
        var shares = Count(path, policies, subject);
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(ToJson(policies, shares, subject), context.Pretty));
        else
            await context.Output.WriteAsync(ToText(policies, shares, subject));
    }

    private static Share[][] Count(string path, HashPolicy[] policies, ExplainSubject subject)
    {
        var shares = policies.Select(_ => Enumerable.Range(0, subject.Members).Select(_ => new Share()).ToArray()).ToArray();
        var router = new FrameRouter(seed: 0);
        using var capture = Open(path);
        while (capture.TryRead(out var frame, out var length))
        {
            for (var i = 0; i < policies.Length; i++)
            {
                var share = shares[i][router.Route(subject.PlanFor(frame) with { Policy = policies[i] }, frame)];
                share.Frames++;
                share.Bytes += length;
            }
        }
        return shares;
    }

    private static CaptureReader Open(string path)
    {
        try
        {
            return new CaptureReader(File.OpenRead(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Syntax, $"--pcap {path}: {e.Message}");
        }
    }

    private static string ToText(HashPolicy[] policies, Share[][] shares, ExplainSubject subject)
    {
        var text = new StringBuilder();
        var (frames, bytes) = (shares[0].Sum(share => share.Frames), shares[0].Sum(share => share.Bytes));
        text.Append(CultureInfo.InvariantCulture, $"{frames} frames, {bytes} bytes; share of frames (of bytes)\n");
        text.Append("policy".PadRight(14));
        for (var member = 0; member < subject.Members; member++)
            text.Append((subject.NameOf(member) ?? string.Create(CultureInfo.InvariantCulture, $"member {member}")).PadLeft(18));
        text.Append('\n');
        for (var i = 0; i < policies.Length; i++)
        {
            text.Append(Name(policies[i]).PadRight(14));
            foreach (var share in shares[i])
            {
                var percent = string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100 * Ratio(share.Frames, frames):0.0} % ({100 * Ratio(share.Bytes, bytes):0.0} %)"
                );
                text.Append(percent.PadLeft(18));
            }
            text.Append('\n');
        }
        return text.ToString();
    }

    private static JsonArray ToJson(HashPolicy[] policies, Share[][] shares, ExplainSubject subject)
    {
        var list = new JsonArray();
        for (var i = 0; i < policies.Length; i++)
        {
            var frames = shares[i].Sum(share => share.Frames);
            var members = new JsonArray();
            for (var member = 0; member < subject.Members; member++)
            {
                var share = shares[i][member];
                var entry = new JsonObject { ["member"] = member };
                if (subject.NameOf(member) is { } name)
                    entry["member_name"] = name;
                entry["frames"] = share.Frames;
                entry["bytes"] = share.Bytes;
                entry["share"] = Ratio(share.Frames, frames);
                members.Add((JsonNode)entry);
            }
            list.Add(
                (JsonNode)
                    new JsonObject
                    {
                        ["policy"] = Name(policies[i]),
                        ["frames"] = frames,
                        ["members"] = members,
                    }
            );
        }
        return list;
    }

    private static double Ratio(long part, long whole) => whole == 0 ? 0 : (double)part / whole;

    private static string Name(HashPolicy policy) => BondOptions.Known.HashPolicy.Choices[(int)policy];
}
