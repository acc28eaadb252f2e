using Tandem.Cli.Shim;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>Files of <c>ip -batch</c>, and which of their lines <c>ip</c> and the service get.</summary>
public sealed class BatchLineTests
{
    [Theory]
    [InlineData("link show", "1:link,show")]
    [InlineData("link show\n\n# nothing\nroute\n", "1:link,show 2: 3: 4:route")]
    [InlineData("link set \\\n e0 up # why\nroute", "2:link,set,e0,up 3:route")]
    [InlineData("link set e0 alias \"two words\" 'and # more'", "1:link,set,e0,alias,two words,and # more")]
    [InlineData("link set e0 alias \"open", "1:link,set,e0,alias,open")]
    public void Lines_are_read_as_by_ip(string file, string lines) =>
        Assert.Equal(lines, string.Join(' ', BatchLine.Read(file).Select(line => $"{line.Number}:{string.Join(',', line.Words)}")));

    [Theory]
    [InlineData("-d link show bond0", "link", "-d", null, null)]
    [InlineData("-n blue -j a", "address", "-j", "blue", null)]
    [InlineData("-f inet -br l sh", "link", "-f inet -br", null, null)]
    [InlineData("--details -ba - x", null, "--details", null, "-")]
    [InlineData("-rc 7 -l 3 -fo li", "link", "-rc 7 -l 3 -fo", null, null)]
    [InlineData("-- addr", "address", "", null, null)]
    [InlineData("l2tp show", null, "", null, null)]
    [InlineData("-netns", null, "", null, null)]
    [InlineData("route show dev link", null, "", null, null)]
    public void Options_are_told_from_the_object(string words, string? kind, string options, string? @namespace, string? batch)
    {
        var line = IpLine.Read(words.Split(' '));
        Assert.Equal((kind, options, @namespace, batch), (line.Object, string.Join(' ', line.Options), line.Namespace, line.Batch));
    }
}
